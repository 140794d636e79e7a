/** Which alarms are shown. The filter lives in the address, so that a colleague can be sent it. */
import { isOpen, isOutOfService, isShelved, type Alarm } from "./model";

export const SHOWN = ["open", "shelved", "out_of_service", "last_8_h", "last_24_h"] as const;
export type Shown = (typeof SHOWN)[number];

export interface Filter {
  shown: Shown;
  /** A machine's id; empty for all. */
  machine: string;
}

/** How far back to ask the server, in hours; 0 for what is open now. */
export const HOURS: Record<Shown, number> = { open: 0, shelved: 0, out_of_service: 0, last_8_h: 8, last_24_h: 24 };

const KEEPS: Record<Shown, (alarm: Alarm) => boolean> = {
  open: isOpen,
  shelved: isShelved,
  out_of_service: isOutOfService,
  last_8_h: () => true,
  last_24_h: () => true,
};

export function filtered(alarms: readonly Alarm[], { shown, machine }: Filter): Alarm[] {
  return alarms.filter((alarm) => KEEPS[shown](alarm) && (!machine || concerns(alarm, machine)));
}

/** Every machine that any of these alarms is about, in the order of their first appearance. */
export function machinesOf(alarms: readonly Alarm[]): string[] {
  return [...new Set(alarms.flatMap((alarm) => [alarm.device, ...alarm.victims.map((victim) => victim.device)]))];
}

export function filterOf(query: URLSearchParams): Filter {
  const shown = SHOWN.find((one) => one === query.get("show")) ?? "open";
  return { shown, machine: query.get("machine") ?? "" };
}

export function queryOf({ shown, machine }: Filter): Record<string, string> {
  return { ...(shown === "open" ? {} : { show: shown }), ...(machine ? { machine } : {}) };
}

function concerns(alarm: Alarm, machine: string): boolean {
  return (
    alarm.device === machine || alarm.cause === machine || alarm.victims.some((victim) => victim.device === machine)
  );
}
