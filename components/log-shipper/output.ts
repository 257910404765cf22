import { type Input } from "@pulumi/pulumi";

/** Where a shipper sends its lines: to Logstash (or what takes its place on the wire), or to the store itself. */
export type ShipperOutput = LogstashOutput | ElasticsearchOutput;

/** Logstash, or what speaks the protocol of Beats as it does. */
export interface LogstashOutput {
  /** Tells it from the other one. */
  kind: "logstash";
  /** `host:port` of the Beats inputs; of several each takes a share, and the others' while they are down. */
  hosts: Input<string>[];
  /** Certificate of the authority that the server's certificate is of, PEM. */
  ca: Input<string>;
}

/** The store itself, without Logstash in front. */
export interface ElasticsearchOutput {
  /** Tells it from the other one. */
  kind: "elasticsearch";
  /** URL of each node, such as `https://192.0.2.12:9200`. */
  urls: Input<string>[];
  /** Certificate of the authority that the servers' certificates are of, PEM. */
  ca: Input<string>;
  /** A user that may do no more than create documents. */
  user: Input<string>;
  /** Stands in the shipper's configuration alone, which is a secret. One with `${` in it is refused. */
  password: Input<string>;
}

/** An output whose values are known. */
export type KnownOutput =
  | { kind: "logstash"; hosts: string[]; ca: string }
  | { kind: "elasticsearch"; urls: string[]; ca: string; user: string; password: string };

/**
 * Settings of the output. Both send again until they are answered, and a document that is there already counts as
 * written: each has an id of its own.
 * https://www.elastic.co/docs/reference/beats/filebeat/configuring-output
 */
export function outputSettings(output: KnownOutput, dataStream: string, caFile: string): object {
  const ssl = { enabled: true, certificate_authorities: [caFile], verification_mode: "full" };
  const backoff = { init: "1s", max: "15s" }; // a store that comes back is noticed soon
  if (output.kind === "logstash")
    return {
      "output.logstash": {
        hosts: output.hosts,
        loadbalance: output.hosts.length > 1,
        slow_start: true, // small batches to a receiver that has just started
        backoff,
        ssl,
      },
    };
  return {
    "output.elasticsearch": {
      hosts: output.urls,
      username: literal("user", output.user),
      password: literal("password", output.password),
      index: dataStream,
      backoff,
      ssl,
    },
    // What the documents look like is the store's matter, and its user may not change it.
    "setup.template.enabled": false,
    "setup.ilm.enabled": false,
  };
}

/** Filebeat would put something else in the place of `${…}`. */
function literal(what: string, text: string): string {
  if (text.includes("${"))
    throw new Error(`the ${what} of the log store has "\${" in it, which Filebeat reads as a variable`);
  return text;
}
