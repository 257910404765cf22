import { stringify } from "yaml";
import { ports } from "./paths";

export const kibanaHome = "/usr/share/kibana";
export const kibanaFiles = `${kibanaHome}/farmstack`;

export interface KibanaSettings {
  name: string;
  /** URLs of the store. */
  urls: string[];
  publicUrl: string;
  /** Of kibana_system. */
  password: string;
  /** Keys that what is kept and who is logged in are encrypted with. Other ones make all that unreadable. */
  keys: { sessions: string; savedObjects: string; reports: string };
}

/**
 * kibana.yml. It listens on the loopback alone: nginx on the same host is the way in.
 * https://www.elastic.co/docs/reference/kibana/configuration-reference
 */
export const kibanaYml = ({ name, urls, publicUrl, password, keys }: KibanaSettings): string =>
  stringify({
    "server.name": name,
    "server.host": "127.0.0.1",
    "server.port": ports.kibana,
    "server.publicBaseUrl": publicUrl.replace(/\/$/, ""),
    "elasticsearch.hosts": urls,
    "elasticsearch.username": "kibana_system",
    "elasticsearch.password": password,
    "elasticsearch.ssl.certificateAuthorities": [`${kibanaFiles}/ca.pem`],
    "elasticsearch.requestTimeout": 120_000,
    "xpack.security.encryptionKey": keys.sessions,
    "xpack.security.secureCookies": true,
    "xpack.encryptedSavedObjects.encryptionKey": keys.savedObjects,
    "xpack.reporting.encryptionKey": keys.reports,
    "telemetry.optIn": false,
    "logging.root.level": "warn",
    "path.data": `${kibanaHome}/data`,
  });
