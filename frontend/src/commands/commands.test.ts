import { expect, test } from "vitest";
import { auditEntry, command, commands, point, points } from "../../dev/samples-of-commands";
import { joined, toldBy } from "./audit";
import {
  askedAnew,
  byMachine,
  byStage,
  checksForDeciding,
  faultOf,
  hindranceOf,
  mayWithdraw,
  newCommandId,
  numberOf,
  secondsLeft,
} from "./model";
import { quantityIn } from "./quantity";
import { shapeOf } from "./StatusMark";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const WAITING = command(NOW, { command_id: "c-1" });
const TUNNEL = point(NOW, { device: "Freezer Tunnel", attribute: "SpeedSetpoint", may_approve: "engineer" });

test("what waits for a person stands first, then what is on its way, then what ended", () => {
  const stages = byStage(commands(NOW)).map(([stage, own]) => [stage, own[0]?.command_id]);

  expect(stages).toEqual([
    ["waiting", "c-waiting"],
    ["under_way", "c-flying"],
    ["ended", "c-done"],
  ]);
});

test("only what a machine was seen to have done gets the check mark", () => {
  const marked = commands(NOW).filter((one) => shapeOf(one) === "done");

  expect(marked.map(({ command_id: id }) => id)).toEqual(["c-done"]);
  expect(shapeOf({ status: "acknowledged", done: false, ended: false })).toBe("under_way");
  expect(shapeOf({ status: "verified", done: false, ended: true })).toBe("unsure");
});

test("a machine's set-points stand together, in the order of the line", () => {
  expect(byMachine(points(NOW)).map(({ device, points: own }) => [device, own.length])).toEqual([
    ["Cookie Former", 1],
    ["Freezer Tunnel", 2],
    ["Vertical Conveyor", 1],
  ]);
});

test("nobody approves their own, however their name is spelled, nor above their role", () => {
  const by = (name: string, role: "viewer" | "operator" | "engineer") => hindranceOf(WAITING, TUNNEL, { name, role });

  expect(by("Olga", "engineer")).toBe("own");
  expect(by(" OLGA ", "engineer")).toBe("own");
  expect(by("Enno", "viewer")).toBe("viewer");
  expect(by("Ole", "operator")).toBe("role");
  expect(by("Enno", "engineer")).toBeNull();
  expect(hindranceOf(WAITING, undefined, { name: "Enno", role: "engineer" })).toBe("gone");
  expect(hindranceOf(WAITING, { ...TUNNEL, may_approve: "the boss" }, { name: "Enno", role: "admin" })).toBe("role");
});

test("one's own can be taken back until it is sent", () => {
  const olga = { name: "Olga", role: "operator" } as const;

  expect(mayWithdraw(WAITING, olga)).toBe(true);
  expect(mayWithdraw({ ...WAITING, status: "approved" }, olga)).toBe(true);
  expect(mayWithdraw({ ...WAITING, status: "sent", sent_at: WAITING.proposed_at }, olga)).toBe(false);
  expect(mayWithdraw({ ...WAITING, ended: true }, olga)).toBe(false);
  expect(mayWithdraw(WAITING, { ...olga, name: "Enno" })).toBe(false);
});

test.each([
  ["9", 9],
  ["-21.5", -21.5],
  [" 2,5 ", 2.5],
  ["\u22123", -3],
  [".5", 0.5],
  ["1,234.5", null],
  ["1.234,5", null],
  ["1e3", null],
  ["9 rpm", null],
  ["0x10", null],
  ["Infinity", null],
  ["", null],
])("the number typed as %j is %j", (text, value) => {
  expect(numberOf(text)).toBe(value);
});

test("a value beyond the limits is said before anybody is asked; at the limits it is none", () => {
  const limits = { min: -26, max: -18 };

  expect(["", "x", "-26.1", "-17.9", "-26", "-18"].map((text) => faultOf(text, limits))).toEqual(["missing", "no_number", "below", "above", null, null]);
});

test("time runs down to nothing and never below", () => {
  expect(secondsLeft({ expires_at: "2026-11-21T12:00:09.200Z" }, NOW)).toBe(10);
  expect(secondsLeft({ expires_at: "2026-11-21T11:59:00Z" }, NOW)).toBe(0);
});

test("whoever decides hears the rules about the machine, and none about themselves", () => {
  const named = (name: string) => ({ name, passed: false, reason: "", values: {} });

  expect(checksForDeciding(["role", "limits", "approval", "state", "approver"].map(named)).map(({ name }) => name)).toEqual(["limits", "state"]);
});

test("a waiting command is asked anew as it is, for the time that it has", () => {
  expect(askedAnew(WAITING, NOW)).toMatchObject({ command_id: "c-1", value: 9.25, unit: "RPM", expires_in_seconds: 540 });
  expect(askedAnew({ ...WAITING, expires_at: "2026-11-21T12:00:01Z" }, NOW).expires_in_seconds).toBe(10);
});

test("ids differ, and are such as the server takes", () => {
  const ids = new Set(Array.from({ length: 50 }, newCommandId));

  expect(ids.size).toBe(50);
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_.:-]{1,128}$/);
});

test("a value is told to the last digit, as the language writes it", () => {
  expect(quantityIn("en")(12_345.125, "RPM")).toBe("12345.125 rpm");
  expect(quantityIn("de")(-21.25, "CEL")).toBe("-21,25 °C");
  expect(quantityIn("en")(3, "C62")).toBe("3");
});

test("entries that came since stand before those that were read earlier, and a gap is never hidden", () => {
  const entries = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, index) => auditEntry(NOW, from - index));
  const numbers = (newest: number[], kept: number[]) => joined(entries(newest[0] ?? 0, newest[1] ?? 0), kept.length ? entries(kept[0] ?? 0, kept[1] ?? 0) : []).map(({ number }) => number);

  expect(numbers([9, 7], [])).toEqual([9, 8, 7]);
  expect(numbers([9, 7], [8, 4])).toEqual([9, 8, 7, 6, 5, 4]);
  expect(numbers([20, 18], [8, 4])).toEqual([20, 19, 18]);
  expect(joined([], [])).toEqual([]);
});

test("an entry tells what people look for, and nothing where its detail is no such thing", () => {
  expect(toldBy(auditEntry(NOW, 1))).toEqual({ device: "Freezer Tunnel", attribute: "SpeedSetpoint", to: "awaiting_approval", reason: "" });
  expect(toldBy({ detail: "{broken" })).toEqual({ device: "", attribute: "", to: "", reason: "" });
  expect(toldBy({ detail: '[{"device": 3}]' })).toEqual({ device: "", attribute: "", to: "", reason: "" });
  expect(toldBy({ detail: '{"device": 3, "reason": null}' }).device).toBe("");
});
