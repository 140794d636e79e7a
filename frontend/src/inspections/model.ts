/** Images of the product: what was seen on them, what a person says of it, and how right the inspector is. */
import type { components } from "../api/schema";

type Schemas = components["schemas"];

/** The typed client makes lists of tuples: `regionsOf` reads them. */
type Seen = Omit<Schemas["SeenView"], "regions"> & { regions: readonly (readonly number[])[] };
export type Inspection = Omit<Schemas["InspectionView"], "seen"> & { seen: Seen | null };
export type Waiting = Omit<Schemas["QueueView"], "inspections"> & { inspections: readonly Inspection[] };
export type Camera = Schemas["CameraView"];
export type Week = Schemas["WeekAccuracyView"];
export type ClassAccuracy = Schemas["ClassAccuracyView"];
export type Share = Schemas["ShareView"];
export type Verdict = NonNullable<Inspection["verdict"]>;
export type Region = Readonly<[x: number, y: number, width: number, height: number]>;

/** In the order of their keys, 1 to 5. */
export const VERDICTS: readonly Verdict[] = ["good", "cracked", "deformed", "bubbles", "unreadable"];
export const DEFECTS: readonly Verdict[] = ["cracked", "deformed", "bubbles"];
export const LONGEST_NOTE = 500;
/** From fewer images than these nobody should conclude anything. */
export const FEW = 10;

export function verdictOfKey(key: string): Verdict | null {
  return /^[1-9]$/.test(key) ? (VERDICTS[Number(key) - 1] ?? null) : null;
}

export type Sureness = "very" | "quite" | "rather" | "unsure" | "guess";

/** A chance in a word: who reviews should not have to weigh 0.83 against 0.87. */
export function surenessOf(confidence: number): Sureness {
  if (confidence >= 0.95) return "very";
  if (confidence >= 0.8) return "quite";
  if (confidence >= 0.65) return "rather";
  return confidence >= 0.4 ? "unsure" : "guess";
}

/** Regions as the server has them, without what is none. */
export function regionsOf(inspection: Inspection): Region[] {
  return (inspection.seen?.regions ?? []).filter((one) => one.length === 4).map(([x = 0, y = 0, width = 0, height = 0]) => [x, y, width, height]);
}

/** What became of an image that somebody has just looked at. */
export type Outcome = { kind: "kept"; inspection: Inspection } | { kind: "faster"; inspection: Inspection; by: string } | { kind: "gone" };

/** Another person's verdict stands: this one came too late, whether it was the same or not. */
export function outcomeOf(now: Inspection, me: string): Outcome {
  const by = now.review?.by ?? "";
  if (by && by !== me) return { kind: "faster", inspection: now, by };
  return by ? { kind: "kept", inspection: now } : { kind: "gone" };
}

/** Those that were put off come last, in the order in which they were. */
export function inOrder(waiting: readonly Inspection[], later: readonly string[]): Inspection[] {
  const putOff = later.flatMap((id) => waiting.filter(({ image_id }) => image_id === id));
  return [...waiting.filter(({ image_id }) => !later.includes(image_id)), ...putOff];
}

/** The inspector has not looked yet, and nobody was asked instead. */
export function isPending(inspection: Inspection): boolean {
  return inspection.seen === null && inspection.review === null && !inspection.queued;
}

export function isFew(share: Share): boolean {
  return share.images < FEW;
}

/** The classes that any of these weeks tells of, in the usual order. */
export function classesOf(weeks: readonly Week[]): Verdict[] {
  const told = new Set(weeks.flatMap((week) => week.classes.map(({ verdict }) => verdict)));
  return VERDICTS.filter((verdict) => told.has(verdict));
}

export function classOf(week: Week, verdict: Verdict): ClassAccuracy | undefined {
  return week.classes.find((one) => one.verdict === verdict);
}
