import { type WaterLines } from "../../../components/web-app";
import { scalerSpec } from "../../../components/web-app/water-lines";

/** What the autoscaler saw and did at one of its looks, 15 s apart. */
export interface Sample {
  /** Pods before and after it. */
  before: number;
  after: number;
  /** Load per pod before it, in percent of what a pod requests. */
  load: number;
}

interface Policy {
  type: string;
  value: number;
  periodSeconds: number;
}
interface Rules {
  stabilizationWindowSeconds: number;
  selectPolicy: string;
  policies: Policy[];
}
interface Spec {
  minReplicas: number;
  maxReplicas: number;
  metrics: { containerResource: { target: { averageUtilization: number } } }[];
  behavior: { scaleUp: Rules; scaleDown: Rules };
}

const period = 15;
const tolerance = 0.1;

/**
 * The documented algorithm of HorizontalPodAutoscaler v2, with new pods ready by the next look. `work` is the load of
 * all pods together at each look, in percent of what one pod requests.
 */
export function simulate(lines: WaterLines, work: number[], start = lines.min ?? 2): Sample[] {
  const spec = scalerSpec(lines, "app", "app") as unknown as Spec;
  const target = spec.metrics[0]!.containerResource.target.averageUtilization;
  const { scaleUp, scaleDown } = spec.behavior;
  const wanted: { time: number; pods: number }[] = [];
  const changes: { time: number; by: number }[] = [];
  const within = (time: number, seconds: number) => time > now - seconds;
  let now = 0;
  let pods = start;

  return work.map((total, look) => {
    now = look * period;
    const before = pods;
    const load = total / pods;
    const ratio = load / target;
    const raw = Math.abs(ratio - 1) <= tolerance ? pods : Math.ceil(pods * ratio);
    const limited = Math.min(spec.maxReplicas, Math.max(spec.minReplicas, raw));

    // A window takes the least of what was wanted for more pods, the most for fewer.
    const lately = (seconds: number) =>
      wanted.filter(({ time }) => within(time, seconds)).map((one) => one.pods);
    const upTo = Math.min(limited, ...lately(scaleUp.stabilizationWindowSeconds));
    const downTo = Math.max(limited, ...lately(scaleDown.stabilizationWindowSeconds));
    wanted.push({ time: now, pods: limited });
    let next = pods;
    if (next < upTo) next = upTo;
    if (next > downTo) next = downTo;

    // Policies limit how far it goes from what there was at the start of their period.
    const changed = (seconds: number) =>
      changes.filter(({ time }) => within(time, seconds)).reduce((sum, { by }) => sum + by, 0);
    const limits = ({ policies }: Rules, sign: 1 | -1) =>
      policies.map(({ type, value, periodSeconds }) => {
        const from = pods - changed(periodSeconds);
        if (type === "Pods") return from + sign * value;
        return sign > 0 ? Math.ceil(from * (1 + value / 100)) : Math.trunc(from * (1 - value / 100));
      });
    if (next > pods) next = Math.max(pods, Math.min(next, Math.max(...limits(scaleUp, 1))));
    if (next < pods) next = Math.min(pods, Math.max(next, Math.min(...limits(scaleDown, -1))));

    if (next !== pods) changes.push({ time: now, by: next - pods });
    pods = next;
    return { before, after: pods, load };
  });
}

/** How often the number of pods turned from growing to shrinking or back. */
export function turns(samples: Sample[]): number {
  const directions = samples.map(({ before, after }) => Math.sign(after - before)).filter(Boolean);
  return directions.filter((direction, index) => index > 0 && direction !== directions[index - 1]).length;
}
