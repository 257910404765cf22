import { type WebAppArgs } from "../../../components/web-app";

/** An app as a stack would declare it, with a database. */
export const shop: WebAppArgs = {
  namespace: "shops",
  image: "registry.example/shop:1.0",
  port: 3000,
  environment: "TEST",
  database: {
    configMap: "mongo-config",
    secret: "mongo-secret",
    clientLabels: { "asks-mongo": "yes" },
    pods: { labels: { app: "mongo" }, port: 27017 },
  },
};

const gateway = { name: "front", namespace: "entry", listener: "https" };

/** Apps that together declare every kind of object that there is, by name. */
export const apps: Record<string, WebAppArgs> = {
  inside: { ...shop, askedBy: [{ labels: { app: "shop" } }, { namespace: "jobs" }] },
  routed: {
    ...shop,
    scaling: { max: 6 },
    probes: { ready: "/ready", alive: "/alive", startWithin: 120 },
    resources: { cpu: "250m", memory: "512Mi" },
    config: { GREETING: { configMap: "texts", key: "greeting", version: "1" } },
    secrets: { TOKEN: { secret: "tokens", key: "token", version: "a" } },
    entry: { route: { gateway, hosts: ["shop.example.com"], path: "/shop" } },
    asks: [{ namespace: "mail", labels: { app: "relay" }, port: 8025 }],
    canary: { image: "registry.example/shop:2.0", weight: 10 },
  },
  compared: {
    ...shop,
    environment: "PRODUCTION",
    entry: { route: { gateway, from: { namespace: "proxies", labels: { gateway: "front" } } } },
    canary: {
      image: "registry.example/shop:2.0",
      header: { name: "x-version", value: "two" },
      replicas: 2,
    },
  },
  listed: {
    ...shop,
    database: {
      configMap: "m",
      secret: "m",
      keys: { url: "mongo-url" },
      variables: { url: "MONGO", user: "WHO", password: "PASS" },
    },
    entry: {
      ingress: {
        className: "traefik",
        host: "listed.example.com",
        tlsSecret: "listed-certificate",
        from: { namespace: "traefik" },
      },
    },
  },
  ported: {
    ...shop,
    values: { GREETING: "hello", LANGUAGE: "en" },
    replicas: 3,
    entry: { nodePort: { port: 30100 } },
  },
  meshed: {
    ...shop,
    mesh: {
      retries: { limit: 2, timeout: "400ms" },
      timeouts: { request: "10s" },
      circuitBreaker: { failures: 5 },
    },
    canary: { image: "registry.example/shop:2.0", weight: 50 },
  },
};
