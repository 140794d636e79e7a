/** What may be set, what was asked, and what a person may do about it. The server decides; this only says it before they try. */
import type { components } from "../api/schema";
import type { Role } from "../api/types";

type Schemas = components["schemas"];

export type Point = Schemas["CommandPointView"];
export type Command = Schemas["CommandView"];
export type Check = Schemas["CheckView"];
export type Decision = Schemas["DecisionView"];
export type Proposal = Schemas["ProposeCommand"];
export type Automation = Schemas["AutomationView"];
export type AuditEntry = Schemas["AuditEntryView"];
export type Status = Command["status"];

/** For how long a proposal may be approved and sent, in seconds; the server takes 10 to 3,600. */
export const EXPIRIES: readonly number[] = [60, 600, 1_800, 3_600];
export const USUAL_EXPIRY = 600;
export const LEAST_EXPIRY = 10;
export const LONGEST_WORDS = 500;

/** How far a command is, as a list shows it: somebody has to look, it is on its way, or it is over. */
export type Stage = "waiting" | "under_way" | "ended";

const STAGES: readonly Stage[] = ["waiting", "under_way", "ended"];

export function stageOf({ status, ended }: Pick<Command, "status" | "ended">): Stage {
  if (ended) return "ended";
  return status === "awaiting_approval" ? "waiting" : "under_way";
}

/** Those that wait for a person first, then those on their way, then those that ended; within each as the server has them. */
export function byStage(commands: readonly Command[]): [Stage, Command[]][] {
  return STAGES.map((stage) => [stage, commands.filter((one) => stageOf(one) === stage)]);
}

export interface MachinePoints {
  line: string;
  device: string;
  points: Point[];
}

/** What may be set, by machine, in the order of the line. */
export function byMachine(points: readonly Point[]): MachinePoints[] {
  const machines = new Map<string, MachinePoints>();
  for (const point of points) {
    const key = JSON.stringify([point.line, point.device]);
    const known = machines.get(key) ?? { line: point.line, device: point.device, points: [] };
    known.points.push(point);
    machines.set(key, known);
  }
  return [...machines.values()];
}

export function pointOf(points: readonly Point[], { device, attribute }: Pick<Command, "device" | "attribute">): Point | undefined {
  return points.find((one) => one.device === device && one.attribute === attribute);
}

const RANKS: readonly string[] = ["viewer", "operator", "engineer", "admin"];

/** Whether a role is `least` or above it. A word that is no role is above everybody. */
export function reaches(role: Role, least: string): boolean {
  const needed = RANKS.indexOf(least);
  return needed >= 0 && RANKS.indexOf(role) >= needed;
}

interface Person {
  name: string;
  role: Role;
}

export function isOwn(command: Pick<Command, "proposed_by">, person: Pick<Person, "name">): boolean {
  return plain(command.proposed_by) === plain(person.name);
}

function plain(name: string): string {
  return name.normalize("NFKC").trim().toLowerCase();
}

/** Why somebody cannot approve; null where they may. Who proposed something that waits for a person never is that person. */
export type Hindrance = "viewer" | "own" | "role" | "gone";

export function hindranceOf(command: Command, point: Point | undefined, person: Person): Hindrance | null {
  if (!reaches(person.role, "operator")) return "viewer";
  if (isOwn(command, person)) return "own";
  if (!point) return "gone";
  return reaches(person.role, point.may_approve) ? null : "role";
}

/** Whether its proposer can still take it back: nothing was sent yet. */
export function mayWithdraw(command: Command, person: Person): boolean {
  const unsent = !command.ended && command.sent_at === null;
  return unsent && isOwn(command, person) && reaches(person.role, "operator");
}

/** A number as people type it, with a point or a comma; null where it is none, or where it could be read in two ways. */
export function numberOf(text: string): number | null {
  const typed = text.trim().replace("\u2212", "-");
  return /^[+-]?(\d+([.,]\d*)?|[.,]\d+)$/.test(typed) ? Number(typed.replace(",", ".")) : null;
}

export type Fault = "missing" | "no_number" | "below" | "above";

/** What is wrong with the typed value before anybody is asked; the rest is the rules' to say. */
export function faultOf(text: string, point: Pick<Point, "min" | "max">): Fault | null {
  if (!text.trim()) return "missing";
  const value = numberOf(text);
  if (value === null) return "no_number";
  if (value < point.min) return "below";
  return value > point.max ? "above" : null;
}

/** Whole seconds until it expires, 0 from then on. */
export function secondsLeft(command: Pick<Command, "expires_at">, now: number): number {
  return Math.max(0, Math.ceil((Date.parse(command.expires_at) - now) / 1_000));
}

/** About who asks. In front of the person who decides they would speak of somebody else than the one who proposed. */
const ABOUT_THE_PROPOSER: ReadonlySet<string> = new Set(["role", "approver", "approval"]);

export function checksForDeciding(checks: readonly Check[]): Check[] {
  return checks.filter(({ name }) => !ABOUT_THE_PROPOSER.has(name));
}

/** The one check that refuses nothing where it does not hold: it asks for a person. */
export function asksForPerson({ name, passed }: Pick<Check, "name" | "passed">): boolean {
  return name === "approval" && !passed;
}

/** By which way a person may propose; what Lineside proposes by itself is asked about as a person would ask. */
export type Channel = Proposal["channel"];

/** What a proposal begins with. `channel` says how the person came to it; what was said or written to the assistant
 * always needs another person. */
export interface Start {
  value: number | null;
  justification: string;
  channel: Channel;
}

export const BY_HAND: Start = { value: null, justification: "", channel: "console" };

function channelOf({ channel }: Command): Channel {
  return channel === "agent" || channel === "voice" ? channel : "console";
}

/** A waiting command asked anew, to hear what the rules say of it now. */
export function askedAnew(command: Command, now: number): Proposal {
  const { command_id, device, attribute, value, unit, alarm_id, justification } = command;
  return { command_id, device, attribute, value, unit, alarm_id, justification, channel: channelOf(command), expires_in_seconds: Math.max(LEAST_EXPIRY, secondsLeft(command, now)) };
}

/** What rules and models look at. Words and the time left are none of it: typing a reason asks nobody anew. */
export function whatIsAsked({ device, attribute, value, unit }: Proposal): string {
  return JSON.stringify([device, attribute, value, unit]);
}

/** One id for one dialog, however often it is sent. Not `randomUUID`: a plant without TLS has none. */
export function newCommandId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `console-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
