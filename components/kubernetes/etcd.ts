import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Functions of a shell for scripts that deal with etcd on a control plane: running_container, ask_etcd. */
export const etcdFunctions = readFileSync(join(__dirname, "etcd.sh"), "utf8");
