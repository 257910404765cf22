import { type types } from "@pulumi/kubernetes";
import { type Input } from "@pulumi/pulumi";
import { restrictedContainer, restrictedPod } from "../namespace";

type DeploymentSpec = types.input.apps.v1.DeploymentSpec;

/** How an app tells that it lives and can serve. */
export interface Probes {
  /** Path that answers 200 when the app can serve. @default / */
  ready?: string;
  /** Path that answers 200 while the app lives, whatever becomes of its database; if not, it is restarted. @default none: its port has to take connections */
  alive?: string;
  /** Seconds that its start may take. @default 60 */
  startWithin?: number;
}

/** What is kept for a pod. */
export interface Resources {
  /** CPU time that is kept for a pod, such as `250m`; it may take more. @default 100m */
  cpu?: string;
  /** Memory that is kept for a pod, and the most that it gets, such as `256Mi`. @default 256Mi */
  memory?: string;
}

/** What the Deployment of an app, or of its second version, is made of. */
export interface DeploymentParts {
  /** Labels by which its pods are found; can't be changed later. */
  selector: Record<string, string>;
  /** All labels of its pods. */
  labels: Record<string, string>;
  annotations: Record<string, Input<string>>;
  image: Input<string>;
  port: number;
  /** undefined: an autoscaler decides. */
  replicas: number | undefined;
  variables: Input<types.input.core.v1.EnvVar>[];
  probes?: Probes;
  resources?: Resources;
  /** User and group that it runs as, not 0. @default 1000 */
  user?: number;
  /** Size of /tmp, the one place where it can write. @default 64Mi */
  temporarySpace?: string;
}

/** Name of the container. */
export const container = "app";

/** Seconds for which a pod that ends still serves, until every node and gateway has forgotten it. */
export const drainSeconds = 10;

/**
 * A Deployment that Pod Security `restricted` admits, and whose change drops no request: a new pod is ready before an
 * old one ends, and the old one serves until nobody asks it any more.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function deploymentSpec(parts: DeploymentParts): DeploymentSpec {
  const { selector, labels, annotations, replicas, user = 1000 } = parts;
  return {
    replicas,
    revisionHistoryLimit: 5,
    minReadySeconds: 5,
    selector: { matchLabels: selector },
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    template: {
      metadata: { labels, annotations },
      spec: {
        ...restrictedPod(user),
        terminationGracePeriodSeconds: drainSeconds + 30,
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: "kubernetes.io/hostname",
            whenUnsatisfiable: "ScheduleAnyway", // on two hosts rather than on none while a third is down
            labelSelector: { matchLabels: selector },
            matchLabelKeys: ["pod-template-hash"],
          },
        ],
        containers: [containerOf(parts)],
        volumes: [{ name: "tmp", emptyDir: { sizeLimit: parts.temporarySpace ?? "64Mi" } }],
      },
    },
  };
}

function containerOf(parts: DeploymentParts): types.input.core.v1.Container {
  const { cpu = "100m", memory = "256Mi" } = parts.resources ?? {};
  return {
    name: container,
    image: parts.image,
    ports: [{ name: "http", containerPort: parts.port, protocol: "TCP" }],
    env: parts.variables,
    resources: { requests: { cpu, memory }, limits: { memory } },
    ...probesOf(parts.probes),
    lifecycle: { preStop: { sleep: { seconds: drainSeconds } } }, // the kubelet's own: the image needs no shell
    ...restrictedContainer,
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
  };
}

function probesOf({ ready = "/", alive, startWithin = 60 }: Probes = {}) {
  const get = (path: string) => ({ httpGet: { path, port: "http" } });
  const lives = alive ? get(alive) : { tcpSocket: { port: "http" } };
  return {
    startupProbe: {
      ...lives,
      periodSeconds: 2,
      timeoutSeconds: 2,
      failureThreshold: Math.ceil(startWithin / 2),
    },
    readinessProbe: { ...get(ready), periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 2 },
    livenessProbe: { ...lives, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
  };
}
