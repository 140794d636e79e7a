import type { components } from "../src/api/schema";
import { at } from "./samples";

type Schemas = components["schemas"];
type Point = Schemas["CommandPointView"];
type Command = Schemas["CommandView"];
type Decision = Schemas["DecisionView"];
type AuditEntry = Schemas["AuditEntryView"];
type AutomaticRow = Schemas["AutomaticRowView"];
type Outcome = Schemas["OutcomeView"];
type PossibleChange = Schemas["PossibleChangeView"];
type WhatIf = Schemas["WhatIfView"];

export function point(now: number, told: Partial<Point> & Pick<Point, "device" | "attribute">): Point {
  return {
    line: "line-1",
    label: told.attribute,
    unit: "RPM",
    min: 20,
    max: 40,
    max_step: 5,
    max_per_hour: 12,
    risk: "low",
    value: 30,
    observed_at: at(now),
    allowed_states: ["Running", "Starved"],
    interlocks: [],
    readback: "Speed within 0.5 RPM of it after 20 s at the latest",
    may_propose: "operator",
    may_approve: "operator",
    in_flight: "",
    ...told,
  };
}

/** One of each risk; nobody has heard from the dough's temperature for a while. */
export function points(now: number): Point[] {
  const holding = ["Running", "Blocked", "Starved"];
  return [
    point(now, {
      device: "Cookie Former",
      attribute: "TemperatureSetpoint",
      label: "Dough temperature",
      unit: "CEL",
      min: 0.5,
      max: 4,
      max_step: 1,
      max_per_hour: 4,
      risk: "medium",
      may_approve: "engineer",
      value: null,
      observed_at: at(now, 9),
      allowed_states: holding,
      readback: "Temperature within 0.5 CEL of it after 300 s at the latest",
    }),
    point(now, {
      device: "Freezer Tunnel",
      attribute: "TemperatureSetpoint",
      label: "Freezer temperature",
      unit: "CEL",
      min: -26,
      max: -18,
      max_step: 2,
      max_per_hour: 3,
      risk: "high",
      may_approve: "engineer",
      value: -21.1,
      allowed_states: holding,
      readback: "Temperature within 0.8 CEL of it after 600 s at the latest",
    }),
    point(now, {
      device: "Freezer Tunnel",
      attribute: "SpeedSetpoint",
      label: "Belt speed",
      min: 6,
      max: 12,
      max_step: 1,
      max_per_hour: 6,
      risk: "medium",
      value: 8.85,
      interlocks: ["Temperature of the Freezer Tunnel must be below -18"],
      readback: "Speed within 0.3 RPM of it after 30 s at the latest",
    }),
    point(now, { device: "Vertical Conveyor", attribute: "SpeedSetpoint", label: "Lift speed", in_flight: "c-flying" }),
  ];
}

export function command(now: number, told: Partial<Command> & Pick<Command, "command_id">): Command {
  return {
    line: "line-1",
    device: "Freezer Tunnel",
    attribute: "SpeedSetpoint",
    attribute_label: "Belt speed",
    was: null,
    value: 9.25,
    unit: "RPM",
    risk: "medium",
    channel: "console",
    status: "awaiting_approval",
    label: "Waiting for another person's approval",
    done: false,
    ended: false,
    proposed_by: "Olga",
    proposed_at: at(now, 1),
    expires_at: at(now, -9),
    approved_by: "",
    approved_at: null,
    sent_at: null,
    acknowledged_at: null,
    ended_at: null,
    reason: "",
    readback: null,
    alarm_id: "",
    justification: "The tunnel runs cold",
    version: 1,
    ...told,
  };
}

/** One that waits, one on its way, and one of each end. */
export function commands(now: number): Command[] {
  const lift = { device: "Vertical Conveyor", attribute_label: "Lift speed", risk: "low", value: 32, justification: "" } as const;
  const sent = { approved_at: at(now, 30), sent_at: at(now, 30), acknowledged_at: at(now, 29), ended: true, ended_at: at(now, 29) };
  return [
    command(now, { ...lift, command_id: "c-flying", status: "acknowledged", label: "The machine says yes; not seen to be done", sent_at: at(now), acknowledged_at: at(now) }),
    command(now, { command_id: "c-waiting" }),
    command(now, { ...lift, ...sent, command_id: "c-done", status: "verified", label: "Done, as the read-back shows", done: true, readback: { value: 31.98, unit: "RPM", observed_at: at(now, 29) } }),
    command(now, { command_id: "c-unverified", ...sent, approved_by: "Enno", status: "unverified", label: "Not seen to be done: the read-back's time is over" }),
    command(now, { command_id: "c-rejected", ended: true, ended_at: at(now, 45), status: "rejected", label: "Rejected: Enno said no: it is warm enough" }),
    command(now, { command_id: "c-expired", ended: true, ended_at: at(now, 50), status: "expired", label: "Expired without being sent" }),
    command(now, { command_id: "c-failed", ended: true, ended_at: at(now, 55), status: "failed", label: "Could not be sent" }),
    command(now, { command_id: "c-older", ended: true, ended_at: at(now, 70), status: "rejected", label: "Rejected: Olga took it back" }),
  ];
}

export function verdict(told: Partial<Decision> = {}): Decision {
  return {
    decision: "needs_approval",
    reasons: ["the risk is medium: a person must approve it"],
    checks: [
      { name: "limits", passed: true, reason: "9 RPM lies within 6 to 12 RPM", values: { value: 9, min: 6, max: 12 } },
      { name: "role", passed: true, reason: "proposing this needs the role operator", values: {} },
      { name: "approval", passed: false, reason: "the risk is medium: a person must approve it", values: {} },
    ],
    ...told,
  };
}

export function auditEntry(now: number, number: number): AuditEntry {
  const detail = JSON.stringify({ command_id: "c-waiting", device: "Freezer Tunnel", attribute: "SpeedSetpoint", to: "awaiting_approval", reason: "" });
  return { number, at: at(now, 1), by: "Olga", what: "proposed", detail, hash: String(number).padStart(64, "0") };
}

/** The lift stands, and nothing was seen outside its limits; the dough is too warm. */
export function changes(now: number): PossibleChange[] {
  const seen = { attribute: "Temperature", label: "Dough temperature", value: 6.8, limit: 4, unit: "CEL", observed_at: at(now, 2) };
  return [
    {
      line: "line-1",
      device: "Cookie Former",
      attribute: "TemperatureSetpoint",
      label: "Dough temperature",
      unit: "CEL",
      direction: "down",
      value: 1.2,
      because: seen,
    },
    { line: "line-1", device: "Vertical Conveyor", attribute: "SpeedSetpoint", label: "Lift speed", unit: "RPM", direction: "", value: null, because: null },
  ];
}

export function outcome(told: Partial<Outcome> = {}): Outcome {
  return { name: "rejects", label: "rejects", unit: "an hour", observed: 314, without: 329.5, with_change: 363.8, difference: 34.3, low: -26.9, high: 95.5, stands_out: false, ...told };
}

export function whatIf(told: Partial<WhatIf> = {}): WhatIf {
  const stopped = { name: "stopped", label: "stopped minutes of Cookie Inspector", observed: null, without: 27.6, with_change: 5.2, difference: -22.5, low: -28.9, high: -16, stands_out: true };
  const shown = { name: "readback", label: "Temperature as read back", unit: "CEL", observed: null, without: 8.1, with_change: 6.3, difference: -1.8, low: -1.8, high: -1.8, stands_out: true };
  return {
    headline: "Fewer stopped minutes of Cookie Inspector: 22 an hour less, between 16 and 29.",
    unknown: "",
    outcomes: [outcome(), outcome(stopped), outcome(shown)],
    replays: 12,
    minutes: 60,
    interval: "nine of ten hours",
    assumed: ["The line is a model of a cookie line, not the plant itself; it says what such a line would have done."],
    ...told,
  };
}

export function automaticRow(told: Partial<AutomaticRow> = {}): AutomaticRow {
  return {
    key: "torque",
    line: "line-1",
    device: "Cookie Former",
    attribute: "TorqueSetpoint",
    label: "Mixer torque",
    alarm: "limit",
    cause: "Cookie Former",
    direction: "down",
    largest_step: 2,
    unit: "NU",
    max_per_hour: 4,
    state: "ready",
    why: "",
    stopped_at: null,
    acted_last_hour: 0,
    command_id: "",
    may_reset: "engineer",
    ...told,
  };
}

/** One that may act, one that waits to be judged, and one that did not help. */
export function automatic(now: number): Schemas["AutomaticView"] {
  const lift = { device: "Vertical Conveyor", attribute: "SpeedSetpoint", label: "Lift speed", unit: "RPM", alarm: "slow", cause: "Vertical Conveyor", direction: "up" } as const;
  const why = "limit at Freezer Tunnel has not improved within 10 minutes of the last change";
  return {
    stopped: false,
    rows: [
      automaticRow(),
      automaticRow({ ...lift, key: "lift", state: "waiting", acted_last_hour: 1, why: "its last change is judged 10 minutes after it was sent", command_id: "c-done" }),
      automaticRow({ device: "Freezer Tunnel", label: "Belt speed", unit: "RPM", cause: "Freezer Tunnel", key: "belt", state: "stopped", why, stopped_at: at(now, 12), may_reset: "operator" }),
    ],
  };
}
