import { type Input } from "@pulumi/pulumi";
import { type Destination } from "./network-policy";

/** A value in a ConfigMap. */
export interface ConfigMapKey {
  /** Name of the ConfigMap. */
  configMap: Input<string>;
  /** Its key. */
  key: string;
  /** Any text that changes when the value does, where the ConfigMap keeps its name: another one rolls the pods. @default none */
  version?: Input<string>;
}

/** A value in a Secret. */
export interface SecretKey {
  /** Name of the Secret. */
  secret: Input<string>;
  /** Its key. */
  key: string;
  /** As of a ConfigMap. It can be read in the pods' annotations: nothing from which the value could be guessed. @default none */
  version?: Input<string>;
}

/** A database that the app uses; what `MongoDatabase` is will do as it is. */
export interface DatabaseUse {
  /** ConfigMap with its URL. */
  configMap: Input<string>;
  /** Secret with the user's name and password. */
  secret: Input<string>;
  /** Keys in the two. @default url, username, password */
  keys?: DatabaseNames;
  /** Names of the variables. @default DB_URL, USER_NAME, USER_PWD */
  variables?: DatabaseNames;
  /** Labels by which the database knows its clients; the app's pods get them. @default none */
  clientLabels?: Record<string, string>;
  /** Its pods, where no policy of the database itself lets its clients out to them. @default none */
  pods?: Destination;
}

/** A name for each of the three things that an app is told of its database. */
export interface DatabaseNames {
  /** For the URL. @default url as a key, DB_URL as a variable */
  url?: string;
  /** For the name of the user. @default username as a key, USER_NAME as a variable */
  user?: string;
  /** For the password. @default password as a key, USER_PWD as a variable */
  password?: string;
}

/** What an app has to do with the cluster's other objects. */
export interface Wiring {
  /** Variables from ConfigMaps, by name. */
  config: Record<string, ConfigMapKey>;
  /** Variables from Secrets, by name. */
  secrets: Record<string, SecretKey>;
  /** More labels of its pods. */
  labels: Record<string, string>;
  /** Which pods it asks. */
  asks: Destination[];
}

const defaultKeys = { url: "url", user: "username", password: "password" };
const defaultVariables = { url: "DB_URL", user: "USER_NAME", password: "USER_PWD" };

/** The same, with a database. */
export function withDatabase(wiring: Wiring, database: DatabaseUse | undefined): Wiring {
  if (!database) return wiring;
  const { configMap, secret, clientLabels, pods } = database;
  const keys = { ...defaultKeys, ...database.keys };
  const { url, user, password } = { ...defaultVariables, ...database.variables };
  return {
    config: { ...wiring.config, [url]: { configMap, key: keys.url } },
    secrets: {
      ...wiring.secrets,
      [user]: { secret, key: keys.user },
      [password]: { secret, key: keys.password },
    },
    labels: { ...wiring.labels, ...clientLabels },
    asks: [...(pods ? [pods] : []), ...wiring.asks],
  };
}

/** Names of all variables, as often as they are given. */
export function variablesOf(given: {
  values?: object;
  config?: object;
  secrets?: object;
  database?: Pick<DatabaseUse, "variables">;
}): string[] {
  const { values = {}, config = {}, secrets = {}, database } = given;
  return [
    ...[values, config, secrets].flatMap((group) => Object.keys(group)),
    ...(database ? Object.values({ ...defaultVariables, ...database.variables }) : []),
  ];
}

/** Environment of the container, in the order of the names: it stays the same however the program lists them. */
export function environmentOf({ config, secrets }: Pick<Wiring, "config" | "secrets">) {
  const variables = [
    ...Object.entries(config).map(([name, { configMap, key }]) => ({
      name,
      valueFrom: { configMapKeyRef: { name: configMap, key } },
    })),
    ...Object.entries(secrets).map(([name, { secret, key }]) => ({
      name,
      valueFrom: { secretKeyRef: { name: secret, key } },
    })),
  ];
  return variables.sort((a, b) => (a.name < b.name ? -1 : 1));
}
