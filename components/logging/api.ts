import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Functions of a shell that ask Elasticsearch: request, must, has, log_in. They need those of the hosts, and curl. */
export const apiFunctions = readFileSync(join(__dirname, "api.sh"), "utf8");
