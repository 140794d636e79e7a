/** Where a quotation stands in a text, whatever markup, line ends and spaces lie between its words. */
export interface Place {
  start: number;
  end: number;
}

/** The first place of `quote` in `text`; null where it is not. */
export function placeOf(text: string, quote: string): Place | null {
  const letters = lettersOf(text);
  const wanted = lettersOf(quote).map((one) => one.letter);
  if (wanted.length === 0) return null;
  const haystack = letters.map((one) => one.letter).join("");
  const at = haystack.indexOf(wanted.join(""));
  if (at < 0) return null;
  const first = letters[indexOfUnit(letters, at)];
  const last = letters[indexOfUnit(letters, at) + wanted.length - 1];
  return first && last ? { start: first.at, end: last.at + last.length } : null;
}

interface Letter {
  letter: string;
  at: number;
  length: number;
}

/** Letters and digits alone, small, each with where it stands. */
function lettersOf(text: string): Letter[] {
  return [...text.matchAll(/[\p{L}\p{N}]/gu)].map((found) => ({
    letter: found[0].toLocaleLowerCase("en"),
    at: found.index,
    length: found[0].length,
  }));
}

/** A letter outside the basic plane takes two units: counts letters up to a position in units. */
function indexOfUnit(letters: readonly Letter[], units: number): number {
  let passed = 0;
  let index = 0;
  while (passed < units) {
    passed += letters[index]?.letter.length ?? 1;
    index += 1;
  }
  return index;
}
