import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Functions of a shell that scripts for hosts have in common: fail, put, family, install_packages, … They take `$host`. */
export const hostFunctions = readFileSync(join(__dirname, "functions.sh"), "utf8");
