/** What a person may do with an alarm as it stands. The server decides; this only says it before they try. */
import type { Alarm, Role, Severity } from "./model";

export const ACTIONS = ["acknowledge", "shelve", "unshelve", "out_of_service", "return_to_service", "comment"] as const;
export type Action = (typeof ACTIONS)[number];

/** Why an action cannot be taken now. */
export type Hindrance = "viewer" | "already_acknowledged" | "silenced";

export interface Offer {
  action: Action;
  hindrance: Hindrance | null;
}

const MAY_ACT: Record<Role, boolean> = { viewer: false, operator: true, engineer: true, admin: true };

/** The actions that make sense for this alarm, each with what hinders it. */
export function offersFor(alarm: Alarm, role: Role): Offer[] {
  return ACTIONS.filter((action) => isOffered(action, alarm)).map((action) => ({
    action,
    hindrance: MAY_ACT[role] ? hindranceOf(action, alarm) : "viewer",
  }));
}

function isOffered(action: Action, alarm: Alarm): boolean {
  const overlay = alarm.overlay?.kind ?? "none";
  if (action === "unshelve") return overlay === "shelved";
  if (action === "return_to_service") return overlay === "out_of_service";
  if (action === "shelve") return overlay !== "shelved" && overlay !== "out_of_service";
  if (action === "out_of_service") return overlay !== "out_of_service";
  return true;
}

function hindranceOf(action: Action, alarm: Alarm): Hindrance | null {
  if (action === "acknowledge" && alarm.acknowledged_at) return "already_acknowledged";
  if (action === "shelve" && alarm.overlay !== null) return "silenced";
  return null;
}

/** The longest that an alarm may be shelved, in minutes; the server refuses more. */
export const LONGEST_SHELF_MINUTES: Record<Severity, number> = { critical: 30, high: 120, medium: 480, low: 1440 };

const PRESETS_MINUTES = [15, 30, 60, 120, 240, 480, 1440];

export function shelfPresets(severity: Severity): number[] {
  return PRESETS_MINUTES.filter((minutes) => minutes <= LONGEST_SHELF_MINUTES[severity]);
}

export const LONGEST_REASON = 400;
export const LONGEST_COMMENT = 2_000;

/** What is wrong with a text that must be there and has a longest length; null when it will do. */
export function faultOf(text: string, longest: number): "missing" | "too_long" | null {
  if (!text.trim()) return "missing";
  return text.trim().length > longest ? "too_long" : null;
}
