import { type types } from "@pulumi/kubernetes";

type ScalerSpec = types.input.autoscaling.v2.HorizontalPodAutoscalerSpec;

/** When and how fast the number of pods follows their load. The load is CPU time, in percent of what a pod requests. */
export interface WaterLines {
  /** The load per pod that is aimed at, at least 1. @default 60 */
  safeLine?: number;
  /** The load from which one sample has to be enough to come back to the safe line; above it. @default 90 */
  fatalLine?: number;
  /** What may be added from one sample to the next, in any case: a count or a ratio, at least 1. @default 2 pods */
  outBy?: { pods: number } | { percent: number };
  /** Samples in a row, 15 s apart, that have to agree before pods are taken away: 1 to 240. @default 20, five minutes */
  samplesBeforeScaleIn?: number;
  /** Fewest pods, at least 1. @default 2 */
  min?: number;
  /** Most pods, not less than `min`. */
  max: number;
}

/** Seconds from one look of the cluster's autoscaler to the next, as it is by default. */
const samplePeriod = 15;

/**
 * The autoscaler of a Deployment. Its one target is the safe line; the window takes the highest of its samples, so a
 * single one is enough to keep the pods. Pods go a few at a time: those that stay take the load of the others. It looks
 * at one container, so that a proxy beside it, which may request nothing, does not count.
 * https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
 */
export function scalerSpec(lines: WaterLines, deployment: string, container: string): ScalerSpec {
  const { safeLine = 60, fatalLine = 90, outBy = { pods: 2 }, samplesBeforeScaleIn = 20, min = 2 } = lines;
  const window = samplesBeforeScaleIn * samplePeriod;
  // Not longer than the window: what was added in the period may go again at once, whatever the policy says.
  const periodSeconds = Math.min(60, window);
  const [type, value] = "pods" in outBy ? ["Pods", outBy.pods] : ["Percent", outBy.percent];
  return {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: deployment },
    minReplicas: min,
    maxReplicas: lines.max,
    metrics: [
      {
        type: "ContainerResource",
        containerResource: {
          name: "cpu",
          container,
          target: { type: "Utilization", averageUtilization: safeLine },
        },
      },
    ],
    behavior: {
      scaleUp: {
        stabilizationWindowSeconds: 0,
        selectPolicy: "Max",
        policies: [
          { type, value, periodSeconds: samplePeriod },
          {
            type: "Percent",
            value: Math.ceil((100 * fatalLine) / safeLine) - 100,
            periodSeconds: samplePeriod,
          },
        ],
      },
      scaleDown: {
        stabilizationWindowSeconds: window,
        selectPolicy: "Max",
        policies: [
          { type: "Pods", value: 1, periodSeconds },
          { type: "Percent", value: 25, periodSeconds },
        ],
      },
    },
  };
}
