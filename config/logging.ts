import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { type Host } from "../components/hosts";
import { expandHome } from "../components/hosts/ssh";
import { type ShipperOutput } from "../components/log-shipper";
import { type LoggingNodeArgs, type LoggingOutputs } from "../components/logging";
import { type LoggingSettings } from "./schema";

/**
 * Arguments of the log store; undefined when it is on no host. That there is a way in was checked. Throws when the file
 * with the webhook can't be read.
 */
export function loggingOf(
  { webhookFile, entry, ...settings }: LoggingSettings,
  hosts: Host[],
  protect: boolean,
): LoggingNodeArgs | undefined {
  if (hosts.length === 0 || !entry) return undefined;
  const webhook =
    webhookFile === undefined
      ? undefined
      : pulumi.secret(readFileSync(expandHome(webhookFile), "utf8").trim());
  return { ...settings, hosts, entry, webhook, protect };
}

/** Where shippers send lines: to the receivers, or to the store itself. */
export function shipperOutput({ shippers }: LoggingSettings, store: LoggingOutputs): ShipperOutput {
  const { beats, elasticsearch, ca, writer } = store;
  return shippers.to === "receiver"
    ? { kind: "logstash", hosts: beats.hosts, ca }
    : { kind: "elasticsearch", urls: elasticsearch.urls, ca, ...writer };
}
