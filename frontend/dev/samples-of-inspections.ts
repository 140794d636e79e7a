import type { components } from "../src/api/schema";
import { at } from "./samples";

type Schemas = components["schemas"];
type Inspection = Schemas["InspectionView"];
type Week = Schemas["WeekAccuracyView"];
type Share = Schemas["ShareView"];

/** A biscuit with a crack, seen from above; 160 x 120 pixels. */
export const BISCUIT =
  "iVBORw0KGgoAAAANSUhEUgAAAKAAAAB4CAAAAABQyaazAAAB7ElEQVR42u2cu2EDMQxDac51Q3BUDqHCY6VJChexJQoglQuvt/wEEPqcwzyecvaj0oAN2IAN2IAN2IANmAno4PEeTxqXHQP4RjSrB/xoqZUCTlWclQFOB8JKAJfyaumAy8tJEFGz+KILZEzB4JdZloKeJnsM0HNyFQbc2W2dX4PbhwHjKrh/WPGEkPw8Yxx3HnyZ/siQUPfGHnRC3Rj5yiDU1IAERtoKyRUvRAagAwmdAIi9rnmKxRkm6+aU6Sbf5s2Cw032LAWvIxT8MF2ihIAa5CZZoZEjSIhIMVVCyDLDJNQ6h+fGxSzURAlBOwmP8BZbndMk9EQFL5G2+N6Ag+RyW9yAxSU4A+hEfRwBaERA6xr8K4C0jLTFDVhdgvdQ0CZFZKzT/6UG+168XyohQstO8TjX4u91cFQB2iwh3GGkxZygKHCyi4Qmkh0ShoYKne5KUEzyFWQcaRRbMfMmm1QoSChDBYdultDwgCsX+IEbC38eBO95K4AGi7JxAGFlaCQFUYQmNEAIoQkR8PxL07yEF0TAyJ8pb71xNbaCsvfG1SQBcIPQJAUwTBj5XLTZwLOmpWliBGW/bz/JEmJNR840Yl1P0xRibVfYJ8YD+up+hzynM/GVFPzb46P/lUYDNmADNmADNmADvnu+AP46bbWW92wZAAAAAElFTkSuQmCC";

/** The id of the sample image with this number. */
export function imageId(number: number): string {
  return String(number).padStart(64, "0");
}

export function inspection(now: number, number: number, told: Partial<Inspection> = {}): Inspection {
  const seen: Inspection["seen"] = {
    verdict: "cracked",
    confidence: 0.62,
    regions: [[54, 24, 42, 74]],
    reason: "a dark line crosses 61 % of the piece",
    inspector: "offline",
    skipped: [],
  };
  const verdict = told.review?.verdict ?? (told.seen === undefined ? seen : told.seen)?.verdict ?? null;
  return {
    image_id: imageId(number),
    line: "line-1",
    device: "Cookie Inspector",
    taken_at: at(now, 20 - number),
    received_at: at(now, 20 - number),
    media_type: "image/png",
    width: 160,
    height: 120,
    verdict,
    seen,
    queued: true,
    review: null,
    version: 3,
    trouble: "",
    has_image: true,
    ...told,
  };
}

/** Three that nobody is sure of, the oldest first; of the second a vision model could not be asked. */
export function waiting(now: number): Schemas["QueueView"] {
  const bubbles: Inspection["seen"] = {
    verdict: "bubbles",
    confidence: 0.36,
    regions: [],
    reason: "round spots, lighter than what is around them",
    inspector: "offline",
    skipped: ["qwen2.5vl: nobody answers at http://127.0.0.1:11434"],
  };
  return { inspections: [inspection(now, 1), inspection(now, 2, { seen: bubbles }), inspection(now, 3)], more: false };
}

/** The newest first: one that was looked at by a person, one that the inspector was sure of, one that waits. */
export function recent(now: number): Inspection[] {
  const good: Inspection["seen"] = { verdict: "good", confidence: 0.97, regions: [], reason: "round, and nothing on it", inspector: "offline", skipped: [] };
  return [
    inspection(now, 6, { seen: good, queued: false }),
    inspection(now, 5, { queued: false, review: { verdict: "deformed", by: "Ann", at: at(now, 2), note: "bent at the edge" } }),
    inspection(now, 3),
  ];
}

export function inspectionOf(now: number, id: string | undefined): Inspection | undefined {
  return [...waiting(now).inspections, ...recent(now)].find((one) => one.image_id === id);
}

export const CAMERAS: Schemas["CameraView"][] = [{ line: "line-1", device: "Cookie Inspector", confidence: 0.8, audit_share: 0.02, keep_days: 30, by_form: false }];

function share(value: number, low: number, high: number, images: number): Share {
  return { value, low, high, images };
}

/** Two weeks: many good ones, and of the cracked ones too few to tell. */
export function accuracy(): Week[] {
  const week = (monday: string, told: Partial<Week>): Week => ({
    monday,
    reviewed: 42,
    audited: 20,
    waiting: 3,
    classes: [
      { verdict: "good", precision: share(0.93, 0.81, 0.98, 30), recall: share(0.97, 0.86, 0.99, 29) },
      { verdict: "cracked", precision: share(1, 0.21, 1, 1), recall: share(0.75, 0.3, 0.95, 4) },
      { verdict: "bubbles", precision: null, recall: share(0, 0, 0.79, 1) },
    ],
    wrong: [{ image_id: imageId(5), seen: "cracked", is_really: "deformed", confidence: 0.62 }],
    note: "",
    ...told,
  });
  return [week("2026-11-16", {}), week("2026-11-09", { audited: 0, waiting: 0, wrong: [] })];
}
