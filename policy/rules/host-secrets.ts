import { listOf } from "../planned";
import { type ResourceRule } from "../rule";

/** A variable whose value is the path of a file has the secret in that file. */
const isPath = (value: string): boolean => value.startsWith("/");

const secretName =
  /(password|passwd|passphrase|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credentials?)$/i;

/** What is a secret whatever it is called: a private key, a URL with a password, a key of Ceph. */
const secretText = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /:\/\/[^/\s:@]*:[^/\s@]+@/,
  /^A[QR][A-Za-z0-9+/]{36,}={0,2}$/,
];

export const hostSecret: ResourceRule = {
  name: "host-secret",
  description:
    "A container on a host gets secrets as files, not as variables or arguments: those show in docker inspect.",
  level: "mandatory",
  check: ({ type, props }) => {
    if (type !== "docker:index/container:Container") return [];
    const variables = listOf(props.envs).flatMap((line) => {
      const [, name = "", value = ""] = typeof line === "string" ? (/^([^=]*)=(.*)$/s.exec(line) ?? []) : [];
      const named = secretName.test(name) && value !== "" && !isPath(value);
      return named || secretText.some((form) => form.test(value))
        ? [`the variable ${name} holds a secret: hand it over as a file (files of Container)`]
        : [];
    });
    const parts = [...listOf(props.entrypoints), ...listOf(props.command)];
    const spoken = parts.filter(
      (part) =>
        typeof part === "string" &&
        (/^--?[\w-]*(password|passwd|token|secret)=[^/]/i.test(part) ||
          secretText.some((form) => form.test(part))),
    );
    return [
      ...variables,
      ...(spoken.length > 0
        ? ["its command line holds a secret: hand it over as a file (files of Container)"]
        : []),
    ];
  },
};
