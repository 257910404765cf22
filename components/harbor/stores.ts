/** PostgreSQL as Harbor's parts reach it. */
export interface Database {
  /** DNS name or IP address. */
  host: string;
  /** TCP port, usually 5432. */
  port: number;
  /** Name of the database. */
  name: string;
  /** Who owns the database. */
  user: string;
  /** A secret. */
  password: string;
  /** `disable`, `require`, `verify-ca` or `verify-full`. */
  sslMode: string;
}

/** Redis or Valkey as Harbor's parts reach it. */
export interface Cache {
  /** `host:port` */
  address: string;
  /** Who logs in. @default the default user */
  user?: string;
  /** A secret. @default none */
  password?: string;
  /** Whether it is reached over TLS. */
  tls: boolean;
}

/** Numbers of the databases in the cache, one for each user of it. */
export const cacheDatabases = { core: 0, registry: 1, jobservice: 2, scanner: 5 } as const;

/** URL of one of the databases in the cache. A secret, if there is a password. */
export function cacheUrl(
  { address, user = "", password, tls }: Cache,
  of: keyof typeof cacheDatabases,
): string {
  const login = password ? `${encodeURIComponent(user)}:${encodeURIComponent(password)}@` : "";
  const database = cacheDatabases[of];
  return `${tls ? "rediss" : "redis"}://${login}${address}${database === 0 ? "" : `/${database}`}?idle_timeout_seconds=30`;
}
