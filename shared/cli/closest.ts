import { distance } from 'fastest-levenshtein';

/** The nearest of the candidates, when it is near enough to be what was meant: at most a third of its letters differ, or two. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const d = distance(word.toLowerCase(), candidate.toLowerCase());
    if (d < least) [best, least] = [candidate, d];
  }
  return best !== undefined && least <= Math.max(2, Math.floor(best.length / 3)) && least < best.length
    ? best
    : undefined;
}
