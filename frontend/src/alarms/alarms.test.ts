import { expect, test } from "vitest";
import { alarm } from "../../dev/samples";
import { faultOf, offersFor, shelfPresets } from "./actions";
import { addressOfAlarm, alarmIdIn } from "./address";
import { filtered, filterOf, machinesOf, queryOf } from "./filters";
import { underTheirCause } from "./folding";
import { type Alarm, lastedSeconds, minutesLeft } from "./model";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const OVERLAY = { since: "2026-11-21T11:00:00Z", until: null, by: "Ann", reason: "", work_order: "" };

function one(told: Partial<Alarm> & { device: string }): Alarm {
  return alarm(NOW, { alarm_id: told.device, ...told });
}

const jam = one({
  device: "Vertical Conveyor",
  victims: [{ device: "Box Sealer", lost_seconds: 60, state: "starved" }],
});
const blocked = one({ device: "Cookie Inspector", cause: "Vertical Conveyor" });
const shelved = one({ device: "Freezer Tunnel", overlay: { ...OVERLAY, kind: "shelved" } });
const out = one({ device: "Labeller", overlay: { ...OVERLAY, kind: "out_of_service" } });
const over = one({ device: "Box Erector", active: false, acknowledged_at: "2026-11-21T11:00:00Z", state: "normal" });

test("a consequence stands under its cause, and alone where its cause is not shown", () => {
  expect(underTheirCause([blocked, jam])).toEqual([{ cause: jam, consequences: [blocked] }]);
  expect(underTheirCause([blocked])).toEqual([{ cause: blocked, consequences: [] }]);
});

test("an alarm that is over is not taken for the cause of one that stands", () => {
  const older = one({ device: "Vertical Conveyor", alarm_id: "older", active: false });

  expect(underTheirCause([older, blocked])).toHaveLength(2);
});

test("each filter shows what it says", () => {
  const all = [jam, blocked, shelved, out, over];
  const shown = (show: string, machine = "") =>
    filtered(all, filterOf(new URLSearchParams({ show, machine }))).map((found) => found.device);

  expect(shown("open")).toEqual(["Vertical Conveyor", "Cookie Inspector", "Freezer Tunnel", "Labeller"]);
  expect(shown("shelved")).toEqual(["Freezer Tunnel"]);
  expect(shown("out_of_service")).toEqual(["Labeller"]);
  expect(shown("last_24_h")).toHaveLength(5);
  expect(shown("open", "Box Sealer")).toEqual(["Vertical Conveyor"]);
  expect(shown("nonsense")).toEqual(shown("open"));
});

test("a filter survives its address", () => {
  const filter = { shown: "last_8_h", machine: "Box Sealer" } as const;

  expect(filterOf(new URLSearchParams(queryOf(filter)))).toEqual(filter);
  expect(queryOf({ shown: "open", machine: "" })).toEqual({});
});

test("machines that suffer can be filtered for too", () => {
  expect(machinesOf([jam, blocked])).toEqual(["Vertical Conveyor", "Box Sealer", "Cookie Inspector"]);
});

test("an alarm's address leads back to it, in either spelling", () => {
  const address = new URL(addressOfAlarm("a/1 %"), "http://plant.test");

  expect(alarmIdIn(address.pathname, address.searchParams)).toBe("a/1 %");
  expect(alarmIdIn("/alarms/a-1", new URLSearchParams())).toBe("a-1");
  expect(alarmIdIn("/alarms/%E0%A4%A", new URLSearchParams())).toBe("%E0%A4%A");
  expect(alarmIdIn("/alarms", new URLSearchParams())).toBe("");
});

test("what can be done depends on how the alarm stands", () => {
  const actions = (standing: Alarm) =>
    offersFor(standing, "operator")
      .filter((offer) => !offer.hindrance)
      .map((offer) => offer.action);

  expect(actions(jam)).toEqual(["acknowledge", "shelve", "out_of_service", "comment"]);
  expect(actions(shelved)).toEqual(["acknowledge", "unshelve", "out_of_service", "comment"]);
  expect(actions(out)).toEqual(["acknowledge", "return_to_service", "comment"]);
  expect(actions(over)).not.toContain("acknowledge");
});

test("a viewer may do nothing, and is told why", () => {
  expect(new Set(offersFor(jam, "viewer").map((offer) => offer.hindrance))).toEqual(new Set(["viewer"]));
});

test("no preset is longer than the server allows", () => {
  expect(shelfPresets("critical")).toEqual([15, 30]);
  expect(Math.max(...shelfPresets("low"))).toBe(1_440);
});

test("a reason must be there and must fit", () => {
  expect(faultOf("  \n", 400)).toBe("missing");
  expect(faultOf("x".repeat(401), 400)).toBe("too_long");
  expect(faultOf("Defrost", 400)).toBeNull();
});

test("a clock that runs behind makes no negative age", () => {
  expect(lastedSeconds(jam, Date.parse(jam.onset) - 60_000)).toBe(0);
});

test("time to respond runs until somebody takes care", () => {
  const raised = { ...jam, time_to_respond_minutes: 10, raised_at: "2026-11-21T11:45:00Z" };

  expect(minutesLeft(raised, NOW)).toBe(-5);
  expect(minutesLeft({ ...raised, acknowledged_at: "2026-11-21T11:50:00Z" }, NOW)).toBeNull();
  expect(minutesLeft({ ...raised, time_to_respond_minutes: 0 }, NOW)).toBeNull();
});
