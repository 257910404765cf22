import { quote } from "../hosts/shell";

/** Variables of a part of Harbor. Those that are secret never come into the container's own environment. */
export interface Environment {
  plain: Record<string, string>;
  secret: Record<string, string>;
}

/** Where a container has its secret variables. */
export const environmentFile = "/etc/farmstack/environment";

/** Text of the file with secret variables, as a shell reads it. */
export const renderEnvironmentFile = (variables: Record<string, string>): string =>
  Object.entries(variables)
    .map(([name, value]) => `${name}=${quote(value)}\n`)
    .join("");

/** A command of an image, after the secret variables were read. What they say shows in the process alone. */
export const withEnvironmentFile = (...command: string[]): string[] => [
  "/bin/sh",
  "-c",
  `set -a; . ${environmentFile}; set +a; exec ${command.map(quote).join(" ")}`,
];
