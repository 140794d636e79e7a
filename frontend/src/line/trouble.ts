import type { Alarm, Machine } from "../api/types";

/** How the machines of a line are caught up in what is wrong with it. */
export interface Trouble {
  /** Machines at fault, with the most urgent alarm that names them. */
  causes: ReadonlyMap<string, Alarm>;
  /** Machines that lose time to another one, with the alarm of their cause. */
  victims: ReadonlyMap<string, Alarm>;
  /** `from -> to` of the pipes between a cause and its victims; see `pipeKey`. */
  ways: ReadonlySet<string>;
}

export function pipeKey(from: string, to: string): string {
  return JSON.stringify([from, to]);
}

/** Reads the open alarms of a line, most urgent first. A consequence names its cause; what is over colours nothing. */
export function troubleOf(machines: readonly Machine[], alarms: readonly Alarm[]): Trouble {
  const causes = new Map<string, Alarm>();
  const victims = new Map<string, Alarm>();
  const ways = new Set<string>();
  const feeds = new Map(machines.map((machine) => [machine.id, machine.feeds]));
  for (const alarm of alarms.filter((one) => one.active)) {
    if (alarm.cause === alarm.device && !causes.has(alarm.cause)) causes.set(alarm.cause, alarm);
    for (const { device } of alarm.victims) {
      if (!victims.has(device)) victims.set(device, alarm);
      for (const pipe of wayBetween(feeds, alarm.cause, device)) ways.add(pipe);
    }
  }
  return { causes, victims, ways };
}

/** Downstream of the cause machines starve, upstream they are blocked: the shorter of the two ways along the flow. */
function wayBetween(feeds: ReadonlyMap<string, readonly string[]>, cause: string, victim: string): string[] {
  const down = shortest(feeds, cause, victim);
  const up = shortest(feeds, victim, cause);
  if (!down || !up) return down ?? up ?? [];
  return down.length <= up.length ? down : up;
}

function shortest(feeds: ReadonlyMap<string, readonly string[]>, from: string, to: string): string[] | null {
  const ways = new Map<string, string[]>([[from, []]]);
  for (const [id, way] of ways) {
    if (id === to) return way;
    for (const next of feeds.get(id) ?? []) if (!ways.has(next)) ways.set(next, [...way, pipeKey(id, next)]);
  }
  return null;
}
