import { z } from "zod";
import { isDnsName, isPinnedReference, label } from "../formats";
import { matching, port } from "./fields";
import { imageNames } from "./images";

/** Labels of Kubernetes. */
const labels = z.record(
  matching(
    /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/,
    "the name of a label",
  ),
  matching(/^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/, "the value of a label"),
);

const namespaceName = matching(label, "the name of a namespace: lower-case letters, digits and -");

const objectName = matching(
  (text) => text.length <= 253 && text.split(".").every((part) => label.test(part)),
  "the name of an object of Kubernetes: lower-case letters, digits, - and .",
);

const dataKey = matching(/^[-._A-Za-z0-9]{1,253}$/, "a key of letters, digits, -, _ and .");

const variable = matching(/^[A-Za-z_]\w*$/, "a variable of letters, digits and _, that begins with no digit");

const duration = matching(/^[1-9]\d*(ms|s|m|h)$/, "a time such as 400ms, with ms, s, m or h");

const urlPath = matching(/^\/[\w.~%/-]*$/, "a path that begins with /");

const version = matching(/^[\w.:-]{1,64}$/, "letters, digits, . _ : and -").optional();

/** Pods of the cluster. */
const source = {
  /** Their namespace. @default the app's own */
  namespace: namespaceName.optional(),
  /** Their labels. @default all pods of the namespace */
  labels: labels.optional(),
};

const scaling = z.strictObject({
  /** CPU load per pod that is aimed at, percent of what it asks for. @default 60 */
  safeLine: z.int().min(1).max(1000).default(60),
  /** The load from which one sample has to be enough to come back to the safe line; above it. @default 90 */
  fatalLine: z.int().min(2).max(10_000).default(90),
  /** What may be added from one sample to the next, in any case: `pods` or `percent`. @default 2 pods */
  outBy: z
    .strictObject({ pods: z.int().min(1).optional(), percent: z.int().min(1).optional() })
    .prefault({ pods: 2 }),
  /** Samples in a row, 15 s apart, that have to agree before pods are taken away: 1 to 240. @default 20 */
  samplesBeforeScaleIn: z.int().min(1).max(240).default(20),
  /** Fewest pods, at least 1. @default 2 */
  min: z.int().min(1).default(2),
  /** Most pods, not less than `min`. */
  max: z.int().min(1),
});

const entry = z.strictObject({
  /** An HTTPRoute from a gateway that is there, of whichever controller. */
  route: z
    .strictObject({
      gateway: z.strictObject({
        name: objectName,
        namespace: namespaceName,
        /** Name of its listener. @default all */
        listener: objectName.optional(),
      }),
      /** DNS names by which it is asked for; *. may be in front. @default any */
      hosts: z
        .array(matching((text) => isDnsName(text.replace(/^\*\./, "")), "a DNS name"))
        .min(1)
        .optional(),
      /** Beginning of the paths that are the app's. @default "/" */
      path: urlPath.default("/"),
      /** Where the gateway's proxies run. @default all pods of the gateway's namespace */
      from: z.strictObject(source).optional(),
    })
    .optional(),
  ingress: z
    .strictObject({
      /** IngressClass of the controller. */
      className: objectName,
      /** DNS name by which it is asked for. */
      host: matching(isDnsName, "a DNS name"),
      path: urlPath.default("/"),
      /** Secret with the host's certificate. @default none: no TLS */
      tlsSecret: objectName.optional(),
      /** Where the controller runs. */
      from: z.strictObject({ ...source, namespace: namespaceName }),
    })
    .optional(),
  /** A port of every node. */
  nodePort: z
    .strictObject({
      /** 30000 to 32767; one that stands twice is rejected. */
      port: z.int().min(30_000).max(32_767),
    })
    .optional(),
});

const mesh = z.strictObject({
  /** Requests that are sent again. @default none */
  retries: z
    .strictObject({
      /** Answers that count as failed: codes, ranges such as 502-504, 5xx, gateway-error. @default "5xx" */
      on: matching(
        /^(\d{3}(-\d{3})?|[1-5]xx|gateway-error)(,(\d{3}(-\d{3})?|[1-5]xx|gateway-error))*$/,
        "answers such as 5xx or 502-504, with commas",
      ).default("5xx"),
      /** How often a request is sent again at most. @default 1 */
      limit: z.int().min(1).default(1),
      /** Time for each attempt. @default none */
      timeout: duration.optional(),
    })
    .optional(),
  /** Times after which a request fails: as a whole, for the answer, without anything sent. @default none */
  timeouts: z
    .strictObject({ request: duration.optional(), response: duration.optional(), idle: duration.optional() })
    .optional(),
  /** Pods that fail are left out for a while. @default never */
  circuitBreaker: z
    .strictObject({
      /** Failures in a row. @default 7 */
      failures: z.int().min(1).default(7),
      /** Shortest and longest time that a pod is left out. @default "1s", "1m" */
      minPenalty: duration.default("1s"),
      maxPenalty: duration.default("1m"),
    })
    .optional(),
});

const applicationImage = matching(
  (text) => imageNames.includes(text) || isPinnedReference(text),
  "an image reference with a tag other than latest or with a sha256 digest, or the name of one of the stack's images",
);

export const webApp = z.strictObject({
  /** Name of the app and its objects: a label that begins with a letter, at most 50 characters. A name that stands twice is rejected. */
  name: matching(
    /^[a-z]([a-z0-9-]{0,48}[a-z0-9])?$/,
    "a name of lower-case letters, digits and -, at most 50, that begins with a letter",
  ),
  /** One of `namespaces`. */
  namespace: z.string(),
  /** Its image: a reference with a tag other than latest or a digest, or the name of one in components/images.ts. */
  image: applicationImage,
  /** TCP port that it listens on, from 1024: it is not root. */
  port: z.int().min(1024).max(65_535),
  /** A database of the stack, in the same namespace. @default none */
  database: z
    .strictObject({
      /** Its name. */
      name: z.string().min(1),
      /** Names of the variables that the app gets. @default DB_URL, USER_NAME, USER_PWD */
      variables: z
        .strictObject({
          url: variable.default("DB_URL"),
          user: variable.default("USER_NAME"),
          password: variable.default("USER_PWD"),
        })
        .prefault({}),
    })
    .optional(),
  /** Variables and their values; nothing secret. @default {} */
  values: z.record(variable, z.string()).default({}),
  /** Variables from ConfigMaps that are there. @default {} */
  config: z.record(variable, z.strictObject({ configMap: objectName, key: dataKey, version })).default({}),
  /** Variables from Secrets that are there. @default {} */
  secrets: z.record(variable, z.strictObject({ secret: objectName, key: dataKey, version })).default({}),
  /** Number of pods; rejected beside `scaling`. @default 2 */
  replicas: z.int().min(1).optional(),
  /** Lets the number of pods follow their load; needs metrics-server. @default none */
  scaling: scaling.optional(),
  /** How it is asked whether it is well. */
  probes: z
    .strictObject({
      /** Path that answers 200 when it can serve. @default "/" */
      ready: urlPath.default("/"),
      /** Path that answers 200 while it lives. @default none: its port has to take connections */
      alive: urlPath.optional(),
      /** Seconds that its start may take. @default 60 */
      startWithin: z.int().min(2).max(3600).default(60),
    })
    .prefault({}),
  /** What is kept for each pod. */
  resources: z
    .strictObject({
      /** CPU: cores, or thousandths with m. @default "100m" */
      cpu: matching(/^[1-9]\d*m?$/, "a number of cores, or of thousandths such as 250m").default("100m"),
      /** Memory, also the most that it gets. @default "256Mi" */
      memory: matching(/^[1-9]\d*[MG]i$/, "a size such as 256Mi, with Mi or Gi").default("256Mi"),
    })
    .prefault({}),
  /** User and group that it runs as, not 0. @default 1000 */
  user: z.int().min(1).max(2_147_483_647).default(1000),
  /** Size of /tmp, the one place where it can write. @default "64Mi" */
  temporarySpace: matching(/^[1-9]\d*[MG]i$/, "a size such as 64Mi, with Mi or Gi").default("64Mi"),
  /** How it is reached from outside of the cluster: one of route, ingress, nodePort. @default not at all */
  entry: entry.optional(),
  /** Pods that may ask it, beside those of the entry. @default [] */
  askedBy: z.array(z.strictObject(source)).default([]),
  /** Pods that it may ask, beside those of the database. @default [] */
  asks: z.array(z.strictObject({ ...source, port })).default([]),
  /** Its pods and their requests in the mesh of Linkerd. @default not in a mesh */
  mesh: mesh.optional(),
  /** A second version, which gets a `weight` of the requests or those with a `header`; needs entry.route or mesh. @default none */
  canary: z
    .strictObject({
      image: applicationImage,
      /** Percent of the requests, 0 to 100. */
      weight: z.int().min(0).max(100).optional(),
      header: z
        .strictObject({
          name: matching(/^[\w!#$%&'*+.^`|~-]+$/, "the name of a header"),
          value: matching(/^[^\r\n\0]+$/, "a single line"),
        })
        .optional(),
      /** Number of its pods. @default 1 */
      replicas: z.int().min(1).default(1),
    })
    .optional(),
});
