import { isProps, type Planned } from "../planned";
import { type ResourceRule } from "../rule";

/** Names of what holds a password: `password`, `adminPassword`, `USER_PWD`, `secret_key`. Not of what names a Secret. */
const passwordName = /(password|passwd|passphrase|pwd|secret[-_]?key|access[-_]?key|auth[-_]?token)$/i;

/** What products come with, and what people type first. In lower case. */
const defaults = new Set([
  "12345",
  "123456",
  "12345678",
  "admin",
  "admin123",
  "calvin",
  "changeit",
  "changeme",
  "default",
  "elastic",
  "guest",
  "harbor12345",
  "logstash",
  "minio123",
  "minioadmin",
  "mongo",
  "pass",
  "passw0rd",
  "password",
  "postgres",
  "qwerty",
  "root",
  "root123",
  "secret",
  "test",
  "toor",
]);

/** Fewest characters of a generated password. */
const fewest = 16;

/** Every text of a password's name, with the path to it. Pairs of `name` and `value` are read as such. */
export function passwordsIn(value: unknown, path: string[] = []): { path: string; text: string }[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) =>
      passwordsIn(item, [...path.slice(0, -1), `${path.at(-1) ?? ""}[${index}]`]),
    );
  if (!isProps(value)) return [];
  const { name, value: text } = value;
  const pair = typeof name === "string" && typeof text === "string" ? [{ path: [...path, name], text }] : [];
  const own = Object.entries(value).flatMap(([key, its]) =>
    typeof its === "string" ? [{ path: [...path, key], text: its }] : [],
  );
  const found = [...pair, ...own]
    .filter(({ path: its }) => passwordName.test(its.at(-1) ?? ""))
    .map((one) => ({ ...one, path: one.path.join(".") }));
  const below = Object.entries(value).flatMap(([key, its]) => passwordsIn(its, [...path, key]));
  return [...found, ...below];
}

/** What a Secret holds is in base64 below `data`. */
const readable = ({ type, props }: Planned): unknown =>
  type === "kubernetes:core/v1:Secret" && isProps(props.data)
    ? {
        ...props,
        data: Object.fromEntries(
          Object.entries(props.data).map(([key, text]) => [
            key,
            typeof text === "string" ? Buffer.from(text, "base64").toString("utf8") : text,
          ]),
        ),
      }
    : props;

/** Variables of a container on a host are lines `NAME=VALUE`. */
const linesIn = ({ type, props }: Planned): { path: string; text: string }[] =>
  type === "docker:index/container:Container" && Array.isArray(props.envs)
    ? props.envs.flatMap((line: unknown) => {
        const [, name = "", text = ""] = typeof line === "string" ? (/^([^=]*)=(.*)$/s.exec(line) ?? []) : [];
        return passwordName.test(name) ? [{ path: `envs.${name}`, text }] : [];
      })
    : [];

export const password: ResourceRule = {
  name: "password",
  description: "No password is empty, a product's default, or short.",
  level: "mandatory",
  check: (resource) => {
    const { type, props } = resource;
    const texts = [...passwordsIn(readable(resource)), ...linesIn(resource)];
    const length = type.startsWith("random:index/randomPassword:") ? props.length : undefined;
    return [
      ...texts.filter(({ text }) => text.trim() === "").map(({ path }) => `${path} is empty`),
      ...texts
        .filter(({ text }) => defaults.has(text.trim().toLowerCase()))
        .map(
          ({ path }) => `${path} is a password that everybody knows: generate one (random.RandomPassword)`,
        ),
      ...(typeof length === "number" && length < fewest
        ? [`it has ${length} characters: at least ${fewest}`]
        : []),
    ];
  },
};
