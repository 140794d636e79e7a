import { expect, test } from "vitest";
import { release, releases } from "../../dev/samples-of-learning";
import { axisOf } from "./axis";
import { aliasHistory, figureRows, firstOf, offersFor, rollBackOf } from "./model";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const NOTHING_OUT = { live: "", canary: "", previous: "" };

test("taking back ends the canary first, then goes to the previous release, then does nothing", () => {
  const all = { live: "r-2", canary: "r-3", previous: "r-1" };

  expect(rollBackOf(all)).toEqual({ ends: "r-3", answers: "r-2" });
  expect(rollBackOf({ ...all, canary: "" })).toEqual({ ends: "r-2", answers: "r-1" });
  expect(rollBackOf({ ...all, canary: "", previous: "" })).toBeNull();
});

test("what waits for a person is looked at first, else the newest", () => {
  const [newest, second] = [release(NOW, { release_id: "r-2" }), release(NOW, { release_id: "r-1" })];

  expect(firstOf([newest, { ...second, status: "waiting" }])).toBe("r-1");
  expect(firstOf([newest, second])).toBe("r-2");
  expect(firstOf([])).toBe("");
});

test("what can be decided follows from the status", () => {
  const offered = (status: Parameters<typeof release>[1]["status"]) =>
    offersFor(release(NOW, { release_id: "r-1", status }), { ...NOTHING_OUT, live: "r-0" }, "admin").map(({ act }) => act);

  expect(offered("waiting")).toEqual(["approve", "refuse"]);
  expect(offered("approved")).toEqual(["canary", "promote"]);
  expect(offered("canary")).toEqual(["promote"]);
  expect(offered("retired")).toEqual(["canary", "promote"]);
  expect(offered("live")).toEqual([]);
  expect(offered("failed")).toEqual([]);
});

test("a canary needs a live release beside it and no other canary; an engineer decides nothing", () => {
  const approved = release(NOW, { release_id: "r-3", status: "approved" });
  const hindrances = (now: { live: string; canary: string }, role: "engineer" | "admin" = "admin") =>
    offersFor(approved, now, role).map(({ hindrance }) => hindrance);

  expect(hindrances({ live: "r-1", canary: "" })).toEqual([null, null]);
  expect(hindrances({ live: "", canary: "" })).toEqual(["no_live", null]);
  expect(hindrances({ live: "r-1", canary: "r-2" })).toEqual(["other_canary", null]);
  expect(hindrances({ live: "r-1", canary: "" }, "engineer")).toEqual(["admin", "admin"]);
});

test("a release whose model was deleted cannot be let in again", () => {
  const gone = release(NOW, { release_id: "r-1", status: "retired", model_id: "" });

  expect(offersFor(gone, { live: "r-2", canary: "" }, "admin").map(({ hindrance }) => hindrance)).toEqual(["no_model", "no_model"]);
});

test("a release's history is when an alias began or ceased to mean it", () => {
  const { history } = releases(NOW);

  const became = (id: string) => aliasHistory(id, history).map(({ is }) => is);

  expect(became("r-2026-11-06")).toEqual(["live", "canary"]);
  expect(became("r-2026-10-23")).toEqual(["previous", "live"]);
  expect(became("r-2026-11-20")).toEqual([]);
});

test("a figure is shown with both sides and its chance, or not at all", () => {
  const [row, ...rest] = figureRows({ seconds_live: 2.4, seconds_canary: 2.6, seconds_p: 0.2, seconds_live_of: 40, seconds_canary_of: 30, failed_live: 0 });

  expect(row).toEqual({ name: "seconds", live: 2.4, canary: 2.6, chance: 0.2, liveOf: 40, canaryOf: 30 });
  expect(rest).toEqual([]);
});

test.each([
  [0.09, 0.19],
  [-0.02, 0.1],
  [-0.4, -0.1],
  [0, 0],
  [0.001, 0.004],
  [-0.9, 2.5],
])("the scale of %d to %d holds 0 and the whole interval, with a few round ticks", (low, high) => {
  const { from, to, ticks } = axisOf(low, high);

  expect(from).toBeLessThan(Math.min(0, low));
  expect(to).toBeGreaterThan(Math.max(0, high));
  expect(ticks).toContain(0);
  expect(ticks.length).toBeGreaterThanOrEqual(3);
  expect(ticks.length).toBeLessThanOrEqual(7);
  expect([ticks[0], ticks.at(-1)]).toEqual([from, to]);
});
