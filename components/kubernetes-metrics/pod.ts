import { type types } from "@pulumi/kubernetes";
import { restrictedContainer, restrictedPod } from "../namespace";

/** What its pods are found by. */
export const labels = { "app.kubernetes.io/name": "metrics-server" };

const port = 10250;
const probe = (path: string) => ({ httpGet: { path, port, scheme: "HTTPS" } });

/** The pod of metrics-server. It asks the API with a token, and makes a certificate for itself when it starts. */
export function metricsPod(
  image: string,
  kubeletInsecureTls: boolean,
): Omit<types.input.core.v1.PodSpec, "serviceAccountName"> {
  return {
    ...restrictedPod(65534),
    automountServiceAccountToken: true,
    priorityClassName: "system-cluster-critical",
    containers: [
      {
        name: "metrics-server",
        image,
        ...restrictedContainer,
        args: [
          "--cert-dir=/tmp",
          `--secure-port=${port}`,
          "--kubelet-preferred-address-types=InternalIP", // the names of nodes may be nobody's but the cluster's
          "--metric-resolution=15s", // as often as the autoscaler looks
          ...(kubeletInsecureTls ? ["--kubelet-insecure-tls"] : []),
        ],
        ports: [{ name: "https", containerPort: port }],
        resources: { requests: { cpu: "50m", memory: "200Mi" }, limits: { memory: "200Mi" } },
        // Ready is who has metrics of nodes.
        readinessProbe: { ...probe("/readyz"), periodSeconds: 5, timeoutSeconds: 3 },
        livenessProbe: { ...probe("/livez"), periodSeconds: 15, timeoutSeconds: 5, failureThreshold: 4 },
        volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
      },
    ],
    volumes: [{ name: "tmp", emptyDir: { sizeLimit: "16Mi" } }],
  };
}
