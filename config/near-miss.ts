import { closest, distance } from "fastest-levenshtein";

/** The candidate that `word` is most likely a misspelling of; undefined when none is near. */
export function nearMiss(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const lower = word.toLowerCase();
  const same = candidates.find((candidate) => candidate.toLowerCase() === lower);
  const best = same ?? closest(word, candidates);
  // Two slips (two letters swapped count as two) or a third of the letters; in very short words only one slip.
  const slips = best.length < 4 ? 1 : Math.max(2, Math.floor(best.length / 3));
  return same || distance(word, best) <= slips ? best : undefined;
}
