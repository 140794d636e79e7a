import type {
  Account,
  Advisory,
  Alarm,
  AlarmHealth,
  Handover,
  Line,
  LineSummary,
  Losses,
  Machine,
  Run,
  Series,
  Session,
  SignIn,
  Site,
  Telemetry,
  Value,
} from "../src/api/types";

/** A morning at the demo plant: the Vertical Conveyor jammed twelve minutes ago. Typed by the schema, so it cannot age. */
const MINUTE = 60_000;

export const SESSION: Session = { name: "Ann", role: "operator", sites: ["bakery-north"], language: "en", by: "password", expires_at: null };
export const ADMIN: Session = { ...SESSION, name: "Kim", role: "admin" };
export const SIGN_IN: SignIn = { password: true, oidc: null, first_start: false, site: "bakery-north" };
export const SITE: Site = { id: "bakery-north", tenant: "default", timezone: "Europe/Copenhagen", lines: ["line-1"] };
export const LINES: LineSummary[] = [{ id: "line-1", name: "Line 1", machines: 10, open_alarms: 3, streamed: true }];

export function at(now: number, minutesAgo = 0): string {
  return new Date(now - minutesAgo * MINUTE).toISOString().replace(".000Z", "Z");
}

export function value(now: number, told: Partial<Value> & Pick<Value, "value" | "label">): Value {
  return {
    unit: "C62",
    observed_at: at(now, (told.age_seconds ?? 2) / 60),
    age_seconds: 2,
    quality: "good",
    reason: "",
    limit_low: null,
    limit_high: null,
    stale: false,
    ...told,
  };
}

export function machine(now: number, told: Partial<Machine> & Pick<Machine, "id">): Machine {
  return {
    thing: told.id.replaceAll(" ", "-"),
    declared: true,
    state: "running",
    since: at(now, 95),
    seen_at: at(now),
    age_seconds: 2,
    feeds: [],
    values: {},
    alarms: [],
    buffer: null,
    stale: false,
    ...told,
  };
}

export function line(now: number): Line {
  const one = (told: Parameters<typeof machine>[1]) => machine(now, told);
  const blocked = { state: "blocked", since: at(now, 11) };
  const starved = { state: "starved", since: at(now, 10) };
  return {
    site: "bakery-north",
    id: "line-1",
    name: "Line 1",
    as_of: at(now),
    machines: [
      one({
        id: "Cookie Former",
        feeds: ["Freezer Tunnel"],
        values: {
          Temperature: value(now, { label: "Dough temperature", value: 2.3, unit: "CEL", limit_low: 0.5, limit_high: 4 }),
          Moisture: value(now, { label: "Dough moisture", value: 58.4, unit: "P1", limit_low: 56, limit_high: 61 }),
        },
      }),
      one({
        id: "Freezer Tunnel",
        feeds: ["Cookie Inspector"],
        alarms: ["a-2"],
        values: {
          Temperature: value(now, { label: "Freezer temperature", value: -16.9, unit: "CEL", limit_low: -26, limit_high: -18 }),
          Speed: value(now, { label: "Belt speed", value: 12.1, unit: "RPM" }),
        },
      }),
      one({
        id: "Cookie Inspector",
        feeds: ["Vertical Conveyor"],
        ...blocked,
        values: {
          Bad: value(now, { label: "Rejected", value: 141, unit: "H87" }),
          Total: value(now, { label: "Total", value: 12_840, unit: "H87", stale: true, age_seconds: 660 }),
        },
      }),
      one({
        id: "Vertical Conveyor",
        feeds: ["Conveyor Left Turn"],
        state: "down",
        since: at(now, 12),
        alarms: ["a-1"],
        values: { Current: value(now, { label: "Motor current", value: 0.1, unit: "AMP", quality: "uncertain", reason: "below what the motor draws at rest" }) },
      }),
      one({ id: "Conveyor Left Turn", feeds: ["Box Sealer"], buffer: 4, ...starved }),
      one({ id: "Box Sealer", feeds: ["Labeller"], ...starved }),
      one({ id: "Labeller", state: "offline", since: at(now, 40), seen_at: at(now, 40), age_seconds: 2_400, stale: true, alarms: ["a-3"] }),
      one({ id: "Box Erector", feeds: ["Liner Inserter"] }),
      one({ id: "Liner Inserter", feeds: ["Conveyor Right Turn"] }),
      one({ id: "Conveyor Right Turn", feeds: ["Vertical Conveyor"], buffer: 4, ...blocked }),
      one({ id: "Thermometer 7", declared: false, state: "", since: null, values: { Temperature: value(now, { label: "Temperature", value: 21.4, unit: "CEL" }) } }),
    ],
  };
}

export function alarm(now: number, told: Partial<Alarm> & Pick<Alarm, "alarm_id" | "device">): Alarm {
  return {
    site: "bakery-north",
    line: "line-1",
    cause: told.device,
    kind: "stop",
    attribute: "",
    severity: "critical",
    priority: 1,
    state: "unacknowledged",
    active: true,
    onset: at(now, 12),
    raised_at: at(now, 11),
    cleared_at: null,
    acknowledged_at: null,
    acknowledged_by: "",
    victims: [],
    lost_seconds: 0,
    evidence: [],
    overlay: null,
    occurrences: 1,
    consequence: "",
    operator_action: "",
    time_to_respond_minutes: 5,
    advisory_id: "",
    ...told,
  };
}

export function alarms(now: number): Alarm[] {
  return [
    alarm(now, {
      alarm_id: "a-1",
      device: "Vertical Conveyor",
      advisory_id: "adv-1",
      lost_seconds: 720,
      consequence: "Both branches wait for it; cookies thaw in the tunnel after about fifteen minutes.",
      operator_action: "Clear the jam",
      victims: [
        { device: "Cookie Inspector", lost_seconds: 660, state: "blocked" },
        { device: "Conveyor Right Turn", lost_seconds: 660, state: "blocked" },
        { device: "Conveyor Left Turn", lost_seconds: 600, state: "starved" },
        { device: "Box Sealer", lost_seconds: 600, state: "starved" },
      ],
      evidence: [
        { device: "Vertical Conveyor", attribute: "State", value: "down", unit: "", observed_at: at(now, 12), expected: null, score: null, note: "reported down" },
      ],
    }),
    alarm(now, {
      alarm_id: "a-2",
      device: "Freezer Tunnel",
      kind: "limit",
      attribute: "Temperature",
      severity: "high",
      priority: 2,
      state: "acknowledged",
      acknowledged_at: at(now, 6),
      acknowledged_by: "Ann",
      onset: at(now, 9),
      raised_at: at(now, 8),
      evidence: [
        { device: "Freezer Tunnel", attribute: "Temperature", value: -16.9, unit: "CEL", observed_at: at(now), expected: -18, score: 1.14, note: "above its limit" },
      ],
    }),
    alarm(now, { alarm_id: "a-3", device: "Labeller", kind: "silent", severity: "low", priority: 4, onset: at(now, 40), raised_at: at(now, 38) }),
  ];
}

export function advisory(now: number): Advisory {
  const [first] = alarms(now);
  if (!first) throw new Error("the sample has an alarm");
  return {
    advisory_id: "adv-1",
    alarm_id: "a-1",
    site: first.site,
    line: first.line,
    drafted_at: at(now, 11),
    severity: "critical",
    kind: "stop",
    device: first.device,
    since: first.onset,
    headline: "Vertical Conveyor has stopped; four machines wait for it",
    what_happened: "The Vertical Conveyor went down and four machines lost time to it.",
    check_first: ["Is a box standing across the lift?"],
    steps: [
      { number: "1", text: "Switch off and lock the drive.", document: "vertical-conveyor-clear-a-jam.md", revision: "4", section: "Clear the jam", reviewed: true },
      { number: "2", text: "Take the jammed box out by hand.", document: "vertical-conveyor-clear-a-jam.md", revision: "4", section: "Clear the jam", reviewed: true },
    ],
    compliance: ["Locked out before hands go in"],
    victims: first.victims,
    lost_seconds: first.lost_seconds,
    evidence: first.evidence,
    composed_by: "procedure",
    why_not: [],
    verdict: "",
    resolution: "",
  };
}

export function telemetry(now: number, one: Machine, sinceMinutes: number, points: number): Telemetry {
  const numeric = Object.entries(one.values).filter(([, told]) => typeof told.value === "number");
  return {
    machine: one.id,
    since: at(now, sinceMinutes),
    until: at(now),
    series: numeric.map(([attribute, told], index) => series(now, attribute, told, index, sinceMinutes, points)),
  };
}

function series(now: number, attribute: string, told: Value, phase: number, sinceMinutes: number, points: number): Series {
  const last = Number(told.value);
  const spread = Math.max(Math.abs(last) * 0.02, 0.1);
  const all = Array.from({ length: points }, (_, index) => {
    const ago = sinceMinutes * (1 - index / points);
    const mean = last + spread * Math.sin(index / 9 + phase) - (spread * 3 * ago) / sinceMinutes;
    return { at: at(now, ago), mean, low: mean - spread / 3, high: mean + spread / 3, count: 6 };
  });
  return {
    attribute,
    label: told.label,
    unit: told.unit,
    limit_low: told.limit_low,
    limit_high: told.limit_high,
    count: points * 6,
    first: all[0]?.mean ?? null,
    last,
    last_at: told.observed_at,
    age_seconds: told.age_seconds,
    mean: last - spread,
    low: last - spread * 4,
    high: last + spread * 1.3,
    trend_per_hour: (spread * 3 * 60) / sinceMinutes,
    points: all,
    note: points ? "" : "no readings in this window",
  };
}

export function losses(now: number, hours = 24): Losses {
  const since = hours * 60;
  const machines = line(now).machines.filter((one) => one.declared);
  return {
    line: "line-1",
    since: at(now, since),
    until: at(now),
    machines: machines.map((one, index) => ({ machine: one.id, ...day(now, one, since, index) })),
    availability: 0.912,
    performance: 0.953,
    quality: 0.989,
    oee: 0.86,
    basis: "Reckoned from the Cookie Former, which sets the pace, at 120 pieces per minute as its best hour of the last week.",
    losses: [
      { branch: "availability", name: "Vertical Conveyor down", machine: "Vertical Conveyor", seconds: 4_300, share: 0.0498, note: "3 stops" },
      { branch: "availability", name: "Freezer Tunnel down", machine: "Freezer Tunnel", seconds: 2_100, share: 0.0243, note: "1 stop" },
      { branch: "availability", name: "nothing heard", machine: "", seconds: 1_200, share: 0.0139, note: "" },
      { branch: "performance", name: "minor stops", machine: "Box Sealer", seconds: 1_900, share: 0.022, note: "41 stops under 5 min" },
      { branch: "performance", name: "reduced speed", machine: "Cookie Former", seconds: 1_800, share: 0.0208, note: "" },
      { branch: "quality", name: "rejected", machine: "Cookie Inspector", seconds: 870, share: 0.0101, note: "141 of 12840 pieces" },
    ],
  };
}

function day(now: number, one: Machine, sinceMinutes: number, index: number): { runs: Run[]; seconds: Record<string, number> } {
  const mark = sinceMinutes * (0.62 - index * 0.012);
  const ended = one.state === "running" ? 0 : 12;
  const runs: Run[] = [
    { state: "running", since: at(now, sinceMinutes), until: at(now, mark) },
    { state: index === 1 ? "down" : index < 1 ? "blocked" : "starved", since: at(now, mark), until: at(now, mark - 35) },
    { state: "running", since: at(now, mark - 35), until: at(now, ended) },
  ];
  if (ended) runs.push({ state: one.state === "offline" ? "unknown" : one.state, since: at(now, ended), until: at(now) });
  const seconds: Record<string, number> = {};
  for (const run of runs) seconds[run.state] = (seconds[run.state] ?? 0) + (Date.parse(run.until) - Date.parse(run.since)) / 1_000;
  return { runs, seconds };
}

export function alarmHealth(now: number): AlarmHealth {
  return {
    since: at(now, 480),
    until: at(now),
    alarms: 9,
    suppressed: 21,
    messages: 11,
    per_hour: 1.1,
    most_in_ten_minutes: 3,
    floods: 0,
    flood_share: 0,
    chattering: [],
    stale: ["Labeller"],
    shelved: ["Box Sealer"],
    out_of_service: [],
    top_offenders: [{ device: "Vertical Conveyor", kind: "stop", alarms: 3, share: 0.33 }],
    priority_mix: { critical: 0.2, high: 0.3, medium: 0.2, low: 0.3 },
    unhealthy: ["A fifth of the alarms are critical; 5 % would be usual."],
  };
}

export function handover(now: number): Handover {
  const [first, second] = alarms(now);
  if (!first || !second) throw new Error("the sample has two alarms");
  return {
    site: "bakery-north",
    line: "line-1",
    shift: "Early shift",
    shifts: [
      { name: "Early shift", since: at(now, 480), until: at(now, 0) },
      { name: "Night shift", since: at(now, 960), until: at(now, 480) },
    ],
    since: at(now, 480),
    until: at(now),
    headline: "Two alarms were raised; the Vertical Conveyor cost 12 minutes and still stands.",
    lost_minutes: 47.5,
    alarms: [
      { alarm: first, advisory: advisory(now), done: [{ at: at(now, 9), what: "comment", by: "Ann", note: "Maintenance is on its way." }] },
      { alarm: second, advisory: null, done: [{ at: at(now, 6), what: "acknowledged", by: "Ann", note: "" }] },
    ],
    shelved: [
      alarm(now, {
        alarm_id: "a-9",
        device: "Box Sealer",
        kind: "drift",
        severity: "medium",
        priority: 3,
        overlay: { kind: "shelved", since: at(now, 100), until: at(now, -80), by: "Bo", reason: "New tape roll is being run in", work_order: "" },
      }),
    ],
    open_questions: ["Why did the freezer door stand open at 05:40?"],
    severities: { critical: 1, high: 1, medium: 0, low: 1 },
    health: alarmHealth(now),
    losses: losses(now, 8),
  };
}

export const ACCOUNTS = (now: number): Account[] => [
  { name: "ann", role: "operator", sites: ["bakery-north"], language: "en", created_at: at(now, 90_000), last_signed_in_at: at(now, 300) },
  { name: "kim", role: "admin", sites: ["*"], language: "de", created_at: at(now, 190_000), last_signed_in_at: at(now, 20) },
  { name: "wei", role: "viewer", sites: ["bakery-north"], language: "zh", created_at: at(now, 20_000), last_signed_in_at: null },
];
