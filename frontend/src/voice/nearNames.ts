/** Machine names that speech recognition nearly got right, to be offered to the person; nothing is changed by itself. */
export interface NearName {
  heard: string;
  meant: string;
}

const MOST_OFFERS = 3;
/** A third of a name's letters may be wrong; beyond that it is another word. */
const FARTHEST_SHARE = 0.34;
const SHORTEST_NAME = 4;

/** Names of the plant that stand in `words` almost, but not exactly, nearest first. */
export function nearNames(words: string, vocabulary: readonly string[]): NearName[] {
  const segments = withoutKnown(words, vocabulary).map((segment) => segment.split(/\s+/).filter(Boolean));
  return vocabulary
    .filter((name) => name.length >= SHORTEST_NAME && !pattern(name).test(words))
    .map((name) => nearest(name, segments))
    .filter((offer) => offer !== null)
    .toSorted((left, right) => left.share - right.share)
    .slice(0, MOST_OFFERS)
    .map(({ heard, meant }) => ({ heard, meant }));
}

/** `words` with the name that was meant in place of what was heard. */
export function corrected(words: string, { heard, meant }: NearName): string {
  return words.replace(pattern(heard), () => meant);
}

/** What is left between the names that were heard exactly: one of them is no bad spelling of another. */
function withoutKnown(words: string, vocabulary: readonly string[]): string[] {
  const longestFirst = vocabulary.filter(Boolean).toSorted((left, right) => right.length - left.length);
  return longestFirst.reduce((segments, name) => segments.flatMap((one) => one.split(pattern(name))), [words]);
}

function pattern(name: string): RegExp {
  const words = name
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(words.join("\\s+"), "iu");
}

function nearest(name: string, segments: string[][]): (NearName & { share: number }) | null {
  const length = name.split(/\s+/).length;
  const offers = segments
    .flatMap((spoken) => [length, length + 1, length - 1].flatMap((size) => windows(spoken, size)))
    .map((heard) => ({ heard, meant: name, share: distance(plain(heard), plain(name)) / plain(name).length }))
    .filter((offer) => offer.share <= FARTHEST_SHARE);
  return offers.toSorted((left, right) => left.share - right.share)[0] ?? null;
}

function windows(spoken: string[], size: number): string[] {
  if (size < 1 || size > spoken.length) return [];
  return Array.from({ length: spoken.length - size + 1 }, (_, at) => trimmed(spoken.slice(at, at + size).join(" ")));
}

function trimmed(window: string): string {
  return window.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");
}

function plain(words: string): string {
  return words.toLocaleLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

/** Levenshtein's: how many letters must be put in, taken out or changed. */
export function distance(left: string, right: string): number {
  const first = Array.from({ length: [...right].length + 1 }, (_, at) => at);
  const last = [...left].reduce((row, letter, at) => nextRow(row, letter, at + 1, right), first);
  return last.at(-1) ?? 0;
}

function nextRow(row: readonly number[], letter: string, begin: number, right: string): number[] {
  return [...right].reduce<number[]>(
    (next, other, at) => {
      const changed = (row[at] ?? 0) + (letter === other ? 0 : 1);
      return [...next, Math.min(changed, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1)];
    },
    [begin],
  );
}
