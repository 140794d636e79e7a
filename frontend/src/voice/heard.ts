/** What Amazon Transcribe has heard so far: each result is told several times, partly at first, until it is final. */
export interface TranscribeResult {
  ResultId: string;
  IsPartial: boolean;
  Alternatives: { Transcript: string }[];
}

export type Heard = readonly { id: string; text: string }[];

export function hear(heard: Heard, results: readonly TranscribeResult[]): Heard {
  return results.reduce<Heard>((before, result) => {
    const piece = { id: result.ResultId, text: result.Alternatives[0]?.Transcript ?? "" };
    const known = before.some((one) => one.id === piece.id);
    return known ? before.map((one) => (one.id === piece.id ? piece : one)) : [...before, piece];
  }, heard);
}

/** Chinese needs no space between two results; everything else does. */
export function wordsOf(heard: Heard): string {
  return heard
    .map((one) => one.text.trim())
    .filter(Boolean)
    .reduce((said, next) => said + (said && !bothHan(said, next) ? " " : "") + next, "");
}

function bothHan(left: string, right: string): boolean {
  return /[\p{Script=Han}。，？！]$/u.test(left) && /^\p{Script=Han}/u.test(right);
}
