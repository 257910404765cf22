import { type ReceiverSettings } from "./logstash";
import { ports } from "./paths";

/** Where the stand-in has its files and its dead letters. */
export const standInFiles = "/etc/log-receiver";
export const standInData = "/var/lib/log-receiver";

/**
 * Configuration of what takes Logstash's place in a lab: the same two inputs, the same output, and nothing of a pipeline.
 * The user and the password are in files of their own.
 */
export const standInJson = ({ address, urls, dataStreams }: ReceiverSettings): string =>
  `${JSON.stringify(
    {
      beats: { listen: `${listen(address)}:${ports.beats}` },
      tcp: { listen: `${listen(address)}:${ports.events}`, dataStream: dataStreams.events },
      tls: { certificate: `${standInFiles}/certificate.pem`, key: `${standInFiles}/key.pem` },
      health: { listen: `127.0.0.1:${ports.receiverApi}` },
      elasticsearch: {
        urls,
        ca: `${standInFiles}/ca.pem`,
        userFile: `${standInFiles}/user`,
        passwordFile: `${standInFiles}/password`,
        dataStream: dataStreams.containers,
      },
      deadLetters: `${standInData}/dead-letters.ndjson`,
    },
    undefined,
    2,
  )}\n`;

const listen = (address: string): string => (address.includes(":") ? `[${address}]` : address);
