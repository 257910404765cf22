import { type ReceiverSettings } from "./logstash";
import { ports } from "./paths";

/** Where the stand-in has its files and its dead letters. */
export const standInFiles = "/etc/receiver";
export const standInData = "/var/lib/log-receiver";

/**
 * Configuration of what takes Logstash's place in a lab: the same two inputs, the same output, and nothing of a pipeline.
 * The password is in a file of its own.
 */
export function standInJson({ address, urls, writer, dataStreams }: ReceiverSettings): string {
  const listener = (port: number) => ({
    address: `${address.includes(":") ? `[${address}]` : address}:${port}`,
    certificate: `${standInFiles}/certificate.pem`,
    key: `${standInFiles}/key.pem`,
  });
  // Shippers say where their lines go; what comes as plain JSON goes here.
  const [type, dataset, namespace] = dataStreams.events.split("-");
  const settings = {
    beats: listener(ports.beats),
    lines: listener(ports.events),
    api: `127.0.0.1:${ports.receiverApi}`,
    elasticsearch: {
      urls,
      ca: `${standInFiles}/ca.pem`,
      user: writer.user,
      passwordFile: `${standInFiles}/password`,
    },
    dataStream: { type, dataset, namespace },
    deadLetters: `${standInData}/dead-letters.ndjson`,
  };
  return `${JSON.stringify(settings, undefined, 2)}\n`;
}
