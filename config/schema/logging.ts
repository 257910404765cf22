import { z } from "zod";
import { isCidr } from "../formats";
import { logShippers } from "../log-shipper";
import { hostName, hostPath, keyPath, matching, port } from "./fields";

/** How often a password was made anew. */
const generation = z.int().min(0).max(99).default(0);

export const logging = z.strictObject({
  /** Names of the hosts of the log store: 1, or 3 that are one cluster. Unknown hosts and repetitions are rejected. @default [], and no log store */
  hosts: z.array(hostName).default([]),
  /** Heap of Elasticsearch on each host, MiB, 256 to 31744; at most three quarters of `memoryMiB`. @default half of it */
  heapMiB: z.int().min(256).max(31_744).optional(),
  /** Most memory of Elasticsearch on each host, MiB, at least 768. @default 4096 */
  memoryMiB: z.int().min(768).default(4096),
  /** Whether its memory is kept from being swapped out. @default true */
  lockMemory: z.boolean().default(true),
  /** Most files that Elasticsearch has open, at least 1024; three nodes refuse to start with fewer than the default. @default 65535 */
  openFiles: z.int().min(1024).default(65_535),
  /** How long events stay: until either is passed. */
  retention: z
    .strictObject({
      /** Days, at least 1. @default 14 */
      days: z.int().min(1).default(14),
      /** Size of all events together, GiB, copies included; at least 1. @default 50 */
      maxGiB: z.int().min(1).default(50),
    })
    .prefault({}),
  /** Copies of the events, once a day. @default none */
  repository: z
    .strictObject({
      /** Directory on the hosts; of three hosts, below one of ceph.mounts that all of them may write. */
      path: hostPath,
      /** Time of day, UTC. @default "01:30" */
      at: matching(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day such as 01:30").default("01:30"),
      /** How many are kept, at least 1. @default 14 */
      keep: z.int().min(1).default(14),
    })
    .optional(),
  /** What takes events for the store. */
  receiver: z
    .strictObject({
      /** logstash, or standin for labs. @default "logstash" */
      kind: z.enum(["logstash", "standin"]).default("logstash"),
      /** Most memory on each host, MiB, at least 64; half of it is Logstash's heap. @default 1024 */
      memoryMiB: z.int().min(64).default(1024),
      /** What it keeps on its disk while the store is away, MiB, at least 64. @default 1024 */
      queueMiB: z.int().min(64).default(1024),
    })
    .prefault({}),
  /** Kibana on each of the hosts. @default none */
  kibana: z
    .strictObject({
      /** Most memory, MiB, at least 1024. @default 2048 */
      memoryMiB: z.int().min(1024).default(2048),
    })
    .optional(),
  /** nginx, the way in for people. Needed with `hosts`. */
  entry: z
    .strictObject({
      /** TCP port on the hosts; one of the store's own is rejected. @default 443 */
      port: port.default(443),
      /** Networks that may come in, CIDR, at least 1. */
      allow: z.array(matching(isCidr, "a network in CIDR notation, such as 192.0.2.0/24")).min(1),
      /** URL by which browsers reach it, without a path. @default https:// and the first host's address */
      publicUrl: matching(/^https:\/\/[A-Za-z0-9.:[\]-]+$/, "an https:// URL without a path").optional(),
      /** What stands behind it: kibana, or elasticsearch to be read only. @default "kibana" where there is one */
      to: z.enum(["kibana", "elasticsearch"]).optional(),
    })
    .optional(),
  /** Who sends lines to it. */
  shippers: logShippers.prefault({}),
  /** File on the operator's machine with a URL that is told when a disk is nearly full. @default none */
  webhookFile: keyPath.optional(),
  /** Another number is another password of that user; `npm run logging -- rotate` raises it. Never lower one. @default 0 for each */
  rotation: z
    .strictObject({
      elastic: generation,
      kibana_system: generation,
      writer: generation,
      reader: generation,
      keeper: generation,
    })
    .prefault({}),
});
