import { stringify } from "yaml";
import { type KnownOutput, outputSettings } from "./output";

// What filebeat.yml of hosts and of nodes have in common. All settings are known to Filebeat 7.17, 8 and 9.

/** Filebeat's folder in its image. */
export const home = "/usr/share/filebeat";
/** Queue and registry, in the container. */
export const dataPath = `${home}/data`;

/** The program, which says what troubles it on standard error. */
export const command = [
  `${home}/filebeat`,
  "-e",
  "--environment",
  "container",
  "--path.home",
  home,
  "--path.data",
  dataPath,
];

/** Where the queue of a data directory is. */
export const queueIn = (directory: string): string => `${directory}/diskqueue`;

/** Longest line, bytes; what is longer is cut. */
const longestLine = 1024 * 1024;

export interface FilebeatArgs {
  /** Name of the host or node: the field host.name. */
  hostName: string;
  /** Files of logs, as patterns. */
  paths: string[];
  /** Files that are left out, as regular expressions. */
  excludeFiles: string[];
  /** How the container engine writes a line: Docker's JSON, or that of the container runtime interface. */
  format: "docker" | "cri";
  /** Steps that find out whose line it is; what they leave is `identity`. */
  origin: object[];
  /** Fields that, with time, stream and text, tell a line from all others. */
  identity: string[];
  /** Steps that say more of the container, for people. */
  description: object[];
  /** Fields that name the service; the first that is there does. */
  services: string[];
  /** Fields that are of no use in the store. */
  unwanted: string[];
  /** Name of the stack: the field stack. */
  stack: string;
  dataStream: string;
  /** Most that the queue takes on the disk, MiB. */
  queueMiB: number;
  /** Where the program answers how it is. */
  status: { host: string; port?: number };
  output: KnownOutput;
  /** File with the certificate of the output's authority. */
  caFile: string;
}

/**
 * filebeat.yml. Files are known by their inode, so that a rotated file is the one that it was. A file is kept open as
 * long as it is there: its inode can't become another file's before the scan has seen that it went.
 * https://www.elastic.co/docs/reference/beats/filebeat/filebeat-input-filestream
 */
export function filebeatYaml(args: FilebeatArgs): string {
  return stringify(
    {
      name: args.hostName,
      "filebeat.inputs": [
        {
          type: "filestream",
          id: "containers", // part of each key in the registry: another one reads everything again
          paths: args.paths,
          parsers: [{ container: { stream: "all", format: args.format } }],
          "prospector.scanner": {
            check_interval: "10s",
            exclude_files: args.excludeFiles,
            "fingerprint.enabled": false, // by their first bytes, small files would wait until they are large enough
          },
          "file_identity.native": null,
          "close.on_state_change": {
            inactive: "0s", // never: one that waits for a store that is down would not be taken up again
            removed: true,
            renamed: false,
            check_interval: "1m", // seldom: it is the scan that closes, and forgets the file with it
          },
          clean_removed: true,
          backoff: { init: "500ms", max: "500ms" }, // how late a line may be seen
          message_max_bytes: longestLine,
        },
      ],
      processors: [
        ...args.origin,
        withoutNewline,
        documentId(args.identity),
        ...args.description,
        copied("service.name", args.services),
        added({ stack: args.stack, data_stream: dataStreamFields(args.dataStream) }),
        ...(args.output.kind === "logstash" ? [destination(args.dataStream)] : []),
        {
          drop_fields: {
            fields: ["agent.ephemeral_id", "agent.hostname", "agent.id", ...args.unwanted],
            ignore_missing: true,
          },
        },
      ],
      "queue.disk": {
        max_size: `${args.queueMiB}MiB`,
        segment_size: `${segmentMiB(args.queueMiB)}MiB`,
      },
      "logging.level": "info",
      "logging.metrics.enabled": false,
      "http.enabled": true,
      "http.host": args.status.host,
      ...(args.status.port === undefined ? {} : { "http.port": args.status.port }),
      ...outputSettings(args.output, args.dataStream, args.caFile),
    },
    { lineWidth: 0, blockQuote: false },
  );
}

/** Room is given back by whole segments. Each takes several of the longest lines. */
const segmentMiB = (queueMiB: number): number => Math.max(4, Math.floor(queueMiB / 50));

/** Docker's JSON has the end of the line in the text. */
const withoutNewline = {
  dissect: {
    tokenizer: "%{message}",
    field: "message",
    target_prefix: "",
    overwrite_keys: true,
    ignore_failure: true,
    trim_values: "right",
    trim_chars: "\n",
  },
};

/**
 * The id of a line's document: the same however often, and from whichever name of the file the line is read, so that the
 * store has it once. The time is that of the line, in nanoseconds. The place in the file is no part of it: Filebeat counts
 * from a wrong one where a new file has the inode of one that is gone.
 */
const documentId = (identity: string[]): object => ({
  fingerprint: {
    fields: [...identity, "@timestamp", "stream", "message"],
    target_field: "@metadata._id",
    method: "sha256",
    ignore_missing: true, // an empty line has no message
  },
});

/** Takes a path apart, into fields. */
export const dissected = (tokenizer: string): object => ({
  dissect: {
    tokenizer,
    field: "log.file.path",
    target_prefix: "",
    overwrite_keys: true,
    ignore_failure: true,
  },
});

/** Copies the first of the fields that is there, unless the target is there already. */
export const copied = (to: string, from: string[]): object => ({
  copy_fields: {
    fields: from.map((field) => ({ from: field, to })),
    ignore_missing: true,
    fail_on_error: false, // so that what is there stays
  },
});

const added = (fields: object): object => ({ add_fields: { target: "", fields } });

/** Tells Logstash where the line goes. To the store itself it would be the name of an index for each day. */
const destination = (dataStream: string): object => ({
  add_fields: { target: "@metadata", fields: { index: dataStream } },
});

/** `logs-containers-prod` → the fields that each document of the stream has. */
export function dataStreamFields(name: string): { type: string; dataset: string; namespace: string } {
  const [type = "", dataset = "", namespace = "", ...rest] = name.split("-");
  if (!type || !dataset || !namespace || rest.length > 0)
    throw new Error(
      `a data stream is named TYPE-DATASET-NAMESPACE, such as logs-containers-prod, not ${name}`,
    );
  return { type, dataset, namespace };
}
