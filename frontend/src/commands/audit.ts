/** The newest entries of a log that is only read forwards, and what an entry says. */
import type { AuditEntry } from "./model";

/** The entries after a number, in order, at most so many. */
export type ReadAfter = (after: number, limit: number) => Promise<AuditEntry[]>;

const PAGE = 1_000;

/** The newest `count` entries, the newest first. `known` is a number that the log had already. */
export async function newestEntries(readAfter: ReadAfter, count: number, known = 0): Promise<AuditEntry[]> {
  const last = await lastNumber(readAfter, known);
  const entries = await readAfter(Math.max(0, last - count), PAGE);
  return entries.slice(-count).toReversed();
}

/** Doubles the stride until nothing comes after it, then halves: some thirty short questions for a million entries. */
async function lastNumber(readAfter: ReadAfter, known: number): Promise<number> {
  const hasMore = async (after: number) => (await readAfter(after, 1)).length > 0;
  /** The last number between one that has more after it and one that has none. */
  const between = async (there: number, beyond: number): Promise<number> => {
    if (beyond - there <= 1) return beyond;
    const middle = Math.floor((there + beyond) / 2);
    return (await hasMore(middle)) ? between(middle, beyond) : between(there, middle);
  };
  const from = async (there: number, stride: number): Promise<number> =>
    (await hasMore(there + stride)) ? from(there + stride, stride * 2) : between(there, there + stride);
  return (await hasMore(known)) ? from(known, PAGE) : known;
}

export interface Told {
  device: string;
  attribute: string;
  to: string;
  reason: string;
}

/** What people look for in an entry; the whole of it stays beside it. What is no JSON tells nothing. */
export function toldBy({ detail }: Pick<AuditEntry, "detail">): Told {
  const words = fieldsOf(detail);
  const word = (name: string) => (typeof words[name] === "string" ? words[name] : "");
  return { device: word("device"), attribute: word("attribute"), to: word("to"), reason: word("reason") };
}

function fieldsOf(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
