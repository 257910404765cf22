import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** The checkout that this file is in. */
export const projectRoot = resolve(__dirname, "..");

/** What can be built again and is shared by all checkouts: toolchain and images, by version. */
export const cacheDir = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "farmstack");

/**
 * What belongs to the lab that runs on this machine: keys, the Pulumi state, the engine's sockets and logs.
 * There is one lab on a machine, so it lives beside the lab and not in a checkout.
 */
export const labDir =
  process.env.FARMSTACK_LAB_DIR ??
  join(process.env.XDG_STATE_HOME ?? join(homedir(), ".local", "state"), "farmstack", "lab");
