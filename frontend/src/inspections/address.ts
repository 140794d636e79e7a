import type { Verdict } from "./model";
import { DEFECTS, VERDICTS } from "./model";

export const VIEWS = ["queue", "accuracy", "recent"] as const;
export type View = (typeof VIEWS)[number];

export const HOURS: readonly number[] = [1, 8, 24];
export type Kind = Verdict | "all" | "defects";
export const KINDS: readonly Kind[] = ["all", "defects", ...VERDICTS];

/** Which images are listed. `from` is RFC 3339, "" for the newest: then it is the last `hours`, else those after it. */
export interface Wanted {
  device: string;
  kind: Kind;
  from: string;
  hours: number;
}

/** A machine or a time without a view means its images: so alarms link here, `/inspections?device=...&from=...`. */
export function viewOf(query: URLSearchParams): View {
  const named = VIEWS.find((view) => view === query.get("view"));
  return named ?? (query.has("device") || query.has("from") ? "recent" : "queue");
}

export function wantedOf(query: URLSearchParams): Wanted {
  const from = query.get("from") ?? "";
  const hours = Number(query.get("hours"));
  return {
    device: query.get("device") ?? "",
    kind: KINDS.find((kind) => kind === query.get("verdict")) ?? "all",
    from: Number.isNaN(Date.parse(from)) ? "" : from,
    hours: HOURS.includes(hours) ? hours : 1,
  };
}

export function addressOfView(view: View): string {
  return view === "queue" ? "/inspections" : `/inspections?view=${view}`;
}

export function addressOfWanted({ device, kind, from, hours }: Wanted): string {
  const query = new URLSearchParams({ view: "recent" });
  if (device) query.set("device", device);
  if (kind !== "all") query.set("verdict", kind);
  if (from) query.set("from", from);
  if (hours !== 1) query.set("hours", String(hours));
  return `/inspections?${query}`;
}

/** The same page with this image opened over it; with "" without any. */
export function withImage(query: URLSearchParams, imageId: string): string {
  const next = new URLSearchParams(query);
  if (imageId) next.set("image", imageId);
  else next.delete("image");
  return `/inspections${next.size ? `?${next}` : ""}`;
}

export function verdictsOf(kind: Kind): Verdict[] {
  if (kind === "all") return [];
  return kind === "defects" ? [...DEFECTS] : [kind];
}

/** The window as the API takes it. What lies in the future is left out: it is open there. */
export function windowOf({ from, hours }: Wanted, now: number): { since?: string; until?: string; hours: number } {
  if (!from) return { hours };
  const until = Date.parse(from) + hours * 3_600_000;
  return { since: from, hours, ...(until < now ? { until: new Date(until).toISOString() } : {}) };
}
