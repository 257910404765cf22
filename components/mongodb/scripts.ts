import { readFileSync } from "node:fs";
import { join } from "node:path";

const own = (file: string): string => readFileSync(join(__dirname, file), "utf8");

/** Files for the pods. mongosh would write a log at each start, for every probe. */
export const scripts: Record<string, string> = {
  ...Object.fromEntries(
    ["start.sh", "first-admin.js", "setup.js", "backup.sh"].map((file) => [file, own(file)]),
  ),
  "mongosh.conf": "mongosh:\n  enableTelemetry: false\n  disableLogging: true\n",
};
