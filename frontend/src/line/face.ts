import type { Alarm, Machine, Value } from "../api/types";
import type { Numbers } from "../i18n/numbers";
import type { Times } from "../i18n/times";
import { symbolOf } from "../i18n/units";
import type { LineWords } from "./strings";
import type { Trouble } from "./trouble";

/** What a machine looks like on the drawing. Only `cause` and `fault` are coloured; all else is grey (ISA-101). */
export type Tone = "normal" | "cause" | "fault" | "waiting" | "unheard" | "standing";

const STATES = ["running", "blocked", "starved", "down", "offline", "unknown"] as const;
export type KnownState = (typeof STATES)[number];

export interface Face {
  tone: Tone;
  /** The alarm that colours it, if any. */
  alarm: Alarm | undefined;
  /** The machine that this one waits for. */
  waitsFor: string | undefined;
}

export interface Words {
  say: LineWords;
  times: Times;
  numbers: Numbers;
}

export function faceOf(machine: Machine, trouble: Trouble): Face {
  const alarm = trouble.causes.get(machine.id);
  const victimOf = trouble.victims.get(machine.id);
  const waiting = machine.state === "blocked" || machine.state === "starved";
  return { tone: toneOf(machine, alarm), alarm, waitsFor: waiting && !alarm ? victimOf?.cause : undefined };
}

function toneOf(machine: Machine, alarm: Alarm | undefined): Tone {
  if (alarm) return "cause";
  if (machine.stale || machine.state === "offline" || machine.seen_at === null) return "unheard";
  if (machine.state === "down") return "fault";
  if (machine.state === "blocked" || machine.state === "starved") return "waiting";
  return machine.state === "running" || machine.state === "" ? "normal" : "standing";
}

export function isKnownState(state: string): state is KnownState {
  return (STATES as readonly string[]).includes(state);
}

/** An alarm whose machine cost others time is their cause; any other one is an alarm of the machine alone. */
export function flagOf(alarm: Alarm, say: LineWords): string {
  return alarm.victims.length > 0 ? say.cause : say.alarm;
}

/** A state as people say it; words of the machine's own stay as they are. */
export function stateWord(state: string, say: LineWords): string {
  if (isKnownState(state)) return say[state];
  return state || say.neverTold;
}

/** Beyond which limit a value is; null inside, without limits, or where it is no number. */
export function beyond(value: Value): "above" | "below" | null {
  if (typeof value.value !== "number") return null;
  if (value.limit_high !== null && value.value > value.limit_high) return "above";
  if (value.limit_low !== null && value.value < value.limit_low) return "below";
  return null;
}

/** The one value worth a place on the drawing: one beyond its limit, else one that has limits. A bare number is not. */
export function tellingValue(machine: Machine): Value | undefined {
  const limited = Object.values(machine.values).filter(hasLimits);
  return limited.find((value) => beyond(value) && !value.stale) ?? limited[0];
}

/** The values of a machine, what has limits first, then other numbers, then words. */
export function valuesInOrder(machine: Machine): [string, Value][] {
  const rank = (value: Value) => (hasLimits(value) ? 0 : typeof value.value === "number" ? 1 : 2);
  return Object.entries(machine.values).toSorted(([, one], [, other]) => rank(one) - rank(other));
}

function hasLimits(value: Value): boolean {
  return typeof value.value === "number" && (value.limit_low !== null || value.limit_high !== null);
}

export function withUnit(value: number, unit: string, numbers: Numbers): string {
  const symbol = unit === "C62" ? "" : symbolOf(unit);
  const gap = symbol && symbol !== "°" ? " " : "";
  return `${numbers.value(value)}${gap}${symbol}`;
}

export function valueText(value: Value, numbers: Numbers): string {
  return typeof value.value === "number" ? withUnit(value.value, value.unit, numbers) : String(value.value);
}

/** `above −18 °C`, or nothing where the value is inside its limits. */
export function beyondText(value: Value, { say, numbers }: Pick<Words, "say" | "numbers">): string {
  const side = beyond(value);
  const limit = side === "above" ? value.limit_high : value.limit_low;
  if (!side || limit === null) return "";
  return say[side](withUnit(limit, value.unit, numbers));
}

/** `> −18 °C`: the same, for where there is little room. */
export function beyondSign(value: Value, numbers: Numbers): string {
  const side = beyond(value);
  const limit = side === "above" ? value.limit_high : value.limit_low;
  return side && limit !== null ? `${side === "above" ? ">" : "<"} ${withUnit(limit, value.unit, numbers)}` : "";
}

/** The state and since when, in words: `down since 14:05`. */
export function stateText(machine: Machine, { say, times }: Pick<Words, "say" | "times">): string {
  if (machine.seen_at === null) return say.neverHeard;
  if (machine.stale || machine.state === "offline") return say.notHeardSince(times.clock(machine.seen_at));
  const word = stateWord(machine.state, say);
  return machine.since && machine.state !== "running" ? `${word} ${say.since(times.clock(machine.since))}` : word;
}

/** `critical alarm, cause of the trouble` */
export function alarmText(alarm: Alarm, say: LineWords): string {
  const known = say.alarmOf(say[alarm.severity]);
  return alarm.victims.length > 0 ? `${known}, ${say.causeOf}` : known;
}

/** All that the drawing shows of a machine, as one sentence for those who hear it. */
export function describe(machine: Machine, face: Face, words: Words): string {
  const { say, numbers } = words;
  const value = tellingValue(machine);
  const parts = [
    `${machine.id}: ${stateText(machine, words)}`,
    face.alarm && alarmText(face.alarm, say),
    face.waitsFor && say.waitsFor(face.waitsFor),
    value && [value.label, valueText(value, numbers), beyondText(value, words), value.stale && say.stale].filter(Boolean).join(" "),
    machine.buffer !== null && say.buffer(machine.buffer),
    !machine.declared && say.undeclared,
    machine.feeds.length > 0 && say.feeds(machine.feeds.join(", ")),
  ];
  return parts.filter(Boolean).join(". ");
}
