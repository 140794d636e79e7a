/** What a person may do with a release as it stands. The server decides; this only says it before they try. */
import type { components } from "../api/schema";
import type { Role } from "../api/types";

type Schemas = components["schemas"];

export type Release = Schemas["ReleaseView"];
export type Releases = Schemas["ReleasesView"];
export type Change = Schemas["ChangeView"];
export type Evaluated = Schemas["EvaluatedView"];
export type CanaryVerdict = Schemas["CanaryView"];
export type Status = Release["status"];
export type Act = "approve" | "refuse" | "canary" | "promote";

/** Shares of the conversations that a canary may be given; the server allows no more than half of them. */
export const SHARES: readonly number[] = [0.05, 0.1, 0.2, 0.3, 0.5];
export const USUAL_SHARE = 0.1;
export const LONGEST_NOTE = 500;

/** Why something cannot be done now. */
export type Hindrance = "admin" | "no_live" | "other_canary" | "no_model";

export interface Offer {
  act: Act;
  hindrance: Hindrance | null;
}

const LET_IN: readonly Act[] = ["canary", "promote"];
const OFFERED: Partial<Record<Status, readonly Act[]>> = {
  waiting: ["approve", "refuse"],
  approved: LET_IN,
  retired: LET_IN,
  rolled_back: LET_IN,
  canary: ["promote"],
};

/** What can be decided about a release as it stands, each with what hinders it. An administrator decides. */
export function offersFor(release: Release, now: Pick<Releases, "live" | "canary">, role: Role): Offer[] {
  return (OFFERED[release.status] ?? []).map((act) => ({ act, hindrance: role === "admin" ? hindranceOf(act, release, now) : "admin" }));
}

function hindranceOf(act: Act, release: Release, now: Pick<Releases, "live" | "canary">): Hindrance | null {
  if (act === "approve" || act === "refuse") return null;
  if (!release.model_id) return "no_model";
  if (act === "promote") return null;
  if (!now.live) return "no_live";
  return now.canary ? "other_canary" : null;
}

export interface RollBack {
  /** Which one is taken back. */
  ends: string;
  /** Which one answers then; "" where no release does. */
  answers: string;
}

/** What taking back does now: it ends the canary, else the previous release answers again. Null where there is neither. */
export function rollBackOf({ canary, live, previous }: Pick<Releases, "canary" | "live" | "previous">): RollBack | null {
  if (canary) return { ends: canary, answers: live };
  return previous ? { ends: live, answers: previous } : null;
}

/** The release that somebody should look at first: one that waits for a person, else the newest. */
export function firstOf(releases: readonly Release[]): string {
  return (releases.find(({ status }) => status === "waiting") ?? releases[0])?.release_id ?? "";
}

type Alias = Release["alias"];

export interface Meant {
  change: Change;
  was: Alias;
  is: Alias;
}

/** When an alias began or ceased to mean this release, the newest first. */
export function aliasHistory(releaseId: string, newestFirst: readonly Change[]): Meant[] {
  return newestFirst
    .map((change, index) => ({ change, was: aliasIn(newestFirst[index + 1], releaseId), is: aliasIn(change, releaseId) }))
    .filter(({ was, is }) => was !== is);
}

function aliasIn(change: Change | undefined, releaseId: string): Alias {
  const aliases = ["live", "canary", "previous"] as const;
  return aliases.find((alias) => change?.[alias] === releaseId) ?? "";
}

export type Compared = "thumbs_down" | "withheld" | "failed" | "seconds";

export interface FigureRow {
  name: Compared;
  live: number;
  liveOf: number;
  canary: number;
  canaryOf: number;
  /** The chance that luck alone makes the canary look so bad, 0..1. */
  chance: number;
}

const COMPARED: readonly Compared[] = ["thumbs_down", "withheld", "failed", "seconds"];

/** What was compared, as it is stored: `seconds_live`, `seconds_canary`, of how many each, and `seconds_p`. */
export function figureRows(figures: CanaryVerdict["figures"]): FigureRow[] {
  return COMPARED.flatMap((name) => {
    const { [`${name}_live`]: live, [`${name}_canary`]: canary, [`${name}_p`]: chance } = figures;
    if (live === undefined || canary === undefined || chance === undefined) return [];
    return [{ name, live, canary, chance, liveOf: figures[`${name}_live_of`] ?? 0, canaryOf: figures[`${name}_canary_of`] ?? 0 }];
  });
}
