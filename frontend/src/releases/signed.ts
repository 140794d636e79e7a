import type { Numbers } from "../i18n/numbers";

/** `+14%`, `-2%`, `0%`: a difference says which way it goes. */
export function signedShare(value: number, numbers: Pick<Numbers, "share">): string {
  return value > 0 ? `+${numbers.share(value)}` : numbers.share(value);
}
