import type { Line } from "../api/types";

/** What people call a signal, and the limits that the site declares for it. */
export interface SignalInfo {
  label: string;
  low: number | null;
  high: number | null;
}

export function signalInfo(line: Line | undefined, device: string, attribute: string): SignalInfo | null {
  const value = line?.machines.find((machine) => machine.id === device)?.values[attribute];
  if (!value) return null;
  return { label: value.label || attribute, low: value.limit_low ?? null, high: value.limit_high ?? null };
}
