import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { WebApp, type WebAppArgs } from "../../../components/web-app";

/** What a test changes. */
export interface Asked {
  image: string;
  greeting: string;
  /** Version of a Secret that keeps its name. */
  tokenVersion: string;
  canary?: WebAppArgs["canary"];
}

const { image, greeting, tokenVersion, canary } = new pulumi.Config().requireObject<Asked>("asked");

const kubeconfig = {
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "c", cluster: { server: "https://api.example" } }],
  users: [{ name: "u", user: {} }],
  contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
  "current-context": "x",
};
const provider = new kubernetes.Provider("cluster", { kubeconfig: JSON.stringify(kubeconfig) });
const namespace = new kubernetes.core.v1.Namespace("shops", { metadata: { name: "shops" } }, { provider })
  .metadata.name;
new WebApp(
  "shop",
  {
    namespace,
    image,
    port: 3000,
    environment: "TEST",
    scaling: { max: 5 },
    values: { GREETING: greeting },
    secrets: { TOKEN: { secret: "token", key: "token", version: tokenVersion } },
    entry: { route: { gateway: { name: "front", namespace: "entry" } } },
    canary,
  },
  { provider },
);
