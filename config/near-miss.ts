import { closest, distance } from "fastest-levenshtein";

/** The candidate that `word` is most likely a misspelling of; undefined when none is near. */
export function nearMiss(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const lower = word.toLowerCase();
  const same = candidates.find((candidate) => candidate.toLowerCase() === lower);
  const best = same ?? closest(word, candidates);
  // A third of the letters wrong is still a slip; more is another word.
  return same || distance(word, best) <= Math.max(1, Math.floor(best.length / 3)) ? best : undefined;
}
