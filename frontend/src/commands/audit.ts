/** What an entry of the audit log says. */
import type { AuditEntry } from "./model";

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

/** The newest page before what was read of the log earlier; where more came between than a page holds, only the page. */
export function joined(newest: readonly AuditEntry[], kept: readonly AuditEntry[]): AuditEntry[] {
  const last = newest.at(-1)?.number ?? 0;
  const older = kept.filter(({ number }) => number < last);
  return older.length > 0 && older[0]?.number !== last - 1 ? [...newest] : [...newest, ...older];
}
