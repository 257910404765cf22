import { z } from "zod";
import { matching, ownName } from "./fields";

export const database = z.strictObject({
  /** Name, of at most 40 characters; another one is another database. Repetitions are rejected. */
  name: ownName,
  /** One of `namespaces`. */
  namespace: z.string(),
  /** Server program: mongodb, or ferretdb for labs. @default "mongodb" */
  engine: z.enum(["mongodb", "ferretdb"]).default("mongodb"),
  /** Servers, 1 or 3; ferretdb has 1. From 3 to 1 there is no way back by this setting. */
  members: z.literal([1, 3]),
  /** Database that clients may read and write. @default "app" */
  database: matching(
    /^(?!admin$|local$|config$)[\w-]{1,38}$/,
    "the name of a database, not one of MongoDB's own",
  ).default("app"),
  /** Size of each member's volume, GiB. Of volumes that are there nothing changes. */
  sizeGiB: z.int().min(1),
  /** Memory of each member, MiB. @default 2048 */
  memoryMiB: z.int().min(256).default(2048),
  /** CPU that each member asks for, thousandths of a core. @default 250 */
  cpuMilli: z.int().min(1).default(250),
  /** Another number makes new users with new passwords; `npm run mongodb -- rotate` raises it. Never lower it. @default 0 */
  rotation: z.int().min(0).default(0),
  /** Users of generations up to this one end; less than `rotation`. @default all before the previous one */
  retired: z.int().min(0).optional(),
  /** Regular dumps. @default none */
  backup: z
    .strictObject({
      /** When, five fields as cron has them, in UTC. @default "0 2 * * *" */
      schedule: matching(
        /^[\d*,/-]+( [\d*,/A-Za-z-]+){4}$/,
        "five fields of cron, such as 0 2 * * *",
      ).default("0 2 * * *"),
      /** How many are kept, at least 1. @default 14 */
      keep: z.int().min(1).default(14),
      /** Size of the volume that they are on, GiB. */
      sizeGiB: z.int().min(1),
    })
    .optional(),
});
