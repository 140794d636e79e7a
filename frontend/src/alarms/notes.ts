import type { Times } from "../i18n/times";

const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** A note of the record with its instants in the plant's own time: nobody on the floor reads UTC. */
export function inPlantTime(note: string, times: Pick<Times, "dayAndClock">): string {
  return note.replace(INSTANT, (instant) => times.dayAndClock(instant));
}
