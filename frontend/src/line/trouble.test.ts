import { expect, test } from "vitest";
import { alarm, alarms, line, machine, value } from "../../dev/samples";
import { numbersIn } from "../i18n/numbers";
import { timesIn } from "../i18n/times";
import { beyond, describe as described, faceOf, tellingValue } from "./face";
import { LINE } from "./strings";
import { pipeKey, troubleOf } from "./trouble";

const NOW = Date.parse("2026-03-02T08:00:00Z");
const WORDS = { say: LINE.en, times: timesIn("Europe/Copenhagen", "en"), numbers: numbersIn("en") };
const MACHINES = line(NOW).machines;

function faceFor(id: string, trouble = troubleOf(MACHINES, alarms(NOW))) {
  const found = MACHINES.find((one) => one.id === id);
  if (!found) throw new Error(`the sample has no ${id}`);
  return { machine: found, face: faceOf(found, trouble) };
}

test("the way from the cause leads to its victims, up and down the line, and no further", () => {
  const { ways } = troubleOf(MACHINES, alarms(NOW));

  expect([...ways].toSorted()).toEqual(
    [
      pipeKey("Cookie Inspector", "Vertical Conveyor"),
      pipeKey("Conveyor Right Turn", "Vertical Conveyor"),
      pipeKey("Vertical Conveyor", "Conveyor Left Turn"),
      pipeKey("Conveyor Left Turn", "Box Sealer"),
    ].toSorted(),
  );
});

test("the cause is coloured, its victims are not", () => {
  expect(faceFor("Vertical Conveyor").face).toMatchObject({ tone: "cause", alarm: { severity: "critical" } });
  expect(faceFor("Cookie Inspector").face).toEqual({ tone: "waiting", alarm: undefined, waitsFor: "Vertical Conveyor" });
  expect(faceFor("Cookie Former").face.tone).toBe("normal");
});

test("an alarm that is over colours nothing", () => {
  const over = alarms(NOW).map((one) => ({ ...one, active: false }));

  expect(troubleOf(MACHINES, over)).toEqual({ causes: new Map(), victims: new Map(), ways: new Set() });
});

test("a consequence does not make its machine a cause", () => {
  const told = [alarm(NOW, { alarm_id: "b", device: "Cookie Inspector", cause: "Vertical Conveyor" })];

  expect(troubleOf(MACHINES, told).causes.size).toBe(0);
});

test("a victim that the flow does not lead to has no way, and no drawing fails for it", () => {
  const told = [alarm(NOW, { alarm_id: "b", device: "Labeller", victims: [{ device: "Somewhere else", lost_seconds: 1, state: "starved" }] })];

  expect(troubleOf(MACHINES, told).ways.size).toBe(0);
});

test("a stale machine is unheard, not down", () => {
  const quiet = machine(NOW, { id: "a", state: "down", stale: true });

  expect(faceOf(quiet, troubleOf([], [])).tone).toBe("unheard");
});

test("a limit belongs to the good side, and words have no limits", () => {
  const told = { label: "x", limit_low: 1, limit_high: 2 };

  expect([1, 2, 0.9, 2.1, "2.1"].map((one) => beyond(value(NOW, { ...told, value: one })))).toEqual([null, null, "below", "above", null]);
});

test("what stands on the drawing is the value beyond its limit", () => {
  const fine = value(NOW, { label: "fine", value: 1 });
  const limited = value(NOW, { label: "limited", value: 1, limit_high: 2 });
  const bad = value(NOW, { label: "bad", value: 3, limit_high: 2 });
  const old = value(NOW, { label: "old", value: 9, limit_high: 2, stale: true });
  const telling = (values: Record<string, ReturnType<typeof value>>) => tellingValue(machine(NOW, { id: "a", values }))?.label;

  expect(telling({ fine, limited, bad })).toBe("bad");
  expect(telling({ fine, old, limited })).toBe("old");
  expect(telling({ fine })).toBeUndefined();
});

test("who only hears the drawing is told all of it", () => {
  const { machine: freezer, face } = faceFor("Freezer Tunnel");

  expect(described(freezer, face, WORDS)).toBe(
    "Freezer Tunnel: running. high alarm. Freezer temperature -16.9 °C above -18 °C. feeds Cookie Inspector",
  );
  const { machine: inspector, face: waiting } = faceFor("Cookie Inspector");
  expect(described(inspector, waiting, WORDS)).toContain("blocked since 08:49. waits for Vertical Conveyor");
});
