import { z } from "zod";

/** Who sends lines to the log store: a part of the stack's logging. */
export const logShippers = z.strictObject({
  /** Names of the hosts whose containers' lines are sent. Unknown hosts and repetitions are rejected. @default all hosts */
  hosts: z.array(z.string()).optional(),
  /** Whether the lines of the cluster's pods are sent; `true` is rejected without a cluster. @default where there is one */
  kubernetes: z.boolean().optional(),
  /** To whom: receiver (Beats input of Logstash, or what stands in for it) or store (Elasticsearch itself). @default "receiver" */
  to: z.enum(["receiver", "store"]).default("receiver"),
  /** Most that each shipper keeps on its host's disk while the store takes nothing, MiB, at least 16. @default 1024 */
  queueMiB: z.int().min(16).default(1024),
  /** Most memory of each shipper, MiB, at least 128. @default 256 */
  memoryMiB: z.int().min(128).default(256),
  /** Names of containers on the hosts whose lines are not sent. Repetitions are rejected. @default [] */
  exclude: z
    .array(
      z
        .string()
        .refine(
          (text) => /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(text),
          "expected the name of a container: letters, digits, _ . and -",
        ),
    )
    .default([]),
});

export type LogShipperSettings = z.infer<typeof logShippers>;

/** Names of the hosts with a shipper. */
export const shippingHosts = ({ hosts }: LogShipperSettings, all: string[]): string[] => hosts ?? all;

/** Whether pods have shippers. */
export const shipsPods = ({ kubernetes }: LogShipperSettings, hasCluster: boolean): boolean =>
  hasCluster && kubernetes !== false;

/** Name of a host's shipper, and of its container. */
export const shipperName = (host: string): string => `log-shipper-${host}`;
