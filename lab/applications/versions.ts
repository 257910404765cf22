import { version } from "../../examples/profile-app/package.json";
import { dependencies } from "./mongosh/package.json";

/** Versions of the example application: what it is, and the same under another number, to tell two rollouts apart. */
export const profileAppVersions = { current: version, next: "2.0.0" };

export const mongoshVersion = dependencies["@mongosh/cli-repl"];
