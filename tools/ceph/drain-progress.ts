/** Where a drain is at a moment. */
export interface DrainState {
  /** Milliseconds since any fixed moment. */
  at: number;
  /** Placement groups that are still on the OSD. */
  groups: number;
  /** Objects of the whole cluster that are not where they belong, and those with too few copies. */
  misplaced: number;
  degraded: number;
  /** What Ceph says when it is asked whether the OSD may be destroyed. */
  reason: string;
}

/** The answers that a state is read from, as far as they are used. */
export interface ProgressAnswers {
  usage: { nodes: { id: number; pgs: number }[] };
  status: { pgmap: { misplaced_objects?: number; degraded_objects?: number } };
}

export function drainState(
  osd: number,
  { usage, status }: ProgressAnswers,
  reason: string,
  at: number,
): DrainState {
  return {
    at,
    groups: usage.nodes.find(({ id }) => id === osd)?.pgs ?? 0,
    misplaced: status.pgmap.misplaced_objects ?? 0,
    degraded: status.pgmap.degraded_objects ?? 0,
    reason,
  };
}

/** One line about a drain; with an earlier state it has an estimate of what remains. */
export function renderProgress(now: DrainState, first?: DrainState): string {
  const parts = [`${now.groups} placement groups on it`];
  if (now.misplaced > 0) parts.push(`${now.misplaced} objects misplaced`);
  if (now.degraded > 0) parts.push(`${now.degraded} objects with too few copies`);
  const seconds = first && remainingSeconds(first, now);
  if (seconds !== undefined) parts.push(`some ${duration(seconds)} left`);
  if (now.groups === 0 && now.misplaced === 0 && now.degraded === 0) parts.push(now.reason);
  return parts.join(", ");
}

/** From the pace so far; undefined while there is none, or nothing is left to be counted. */
export function remainingSeconds(first: DrainState, now: DrainState): number | undefined {
  const work = ({ misplaced, degraded }: DrainState) => misplaced + degraded;
  // Objects say more than groups; in an almost empty cluster there are none.
  const count = work(first) > work(now) ? work : ({ groups }: DrainState) => groups;
  const [done, left, elapsed] = [count(first) - count(now), count(now), (now.at - first.at) / 1000];
  return done > 0 && left > 0 && elapsed >= 10 ? (left / done) * elapsed : undefined;
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(10, Math.round(seconds / 10) * 10)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
