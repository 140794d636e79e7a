import { createContext, useContext, useMemo } from "react";
import type { Language } from "../api/types";
import { useLanguage } from "./language";

/** Times as the plant's clock on the wall shows them, whatever zone the browser is in. */
export interface Times {
  /** `14:05` */
  clock: (instant: string | number) => string;
  /** `14:05:09` */
  second: (instant: string | number) => string;
  /** `21 Nov, 14:05` */
  dayAndClock: (instant: string | number) => string;
  /** `21 Nov` */
  day: (instant: string | number) => string;
  /** `Europe/Copenhagen (CET)` */
  zoneName: string;
  zone: string;
}

export const ZoneContext = createContext("UTC");

export function useTimes(): Times {
  const { language } = useLanguage();
  const zone = useContext(ZoneContext);
  return useMemo(() => timesIn(zone, language), [zone, language]);
}

export function timesIn(zone: string, language: Language): Times {
  const timeZone = knownZone(zone);
  const format = (options: Intl.DateTimeFormatOptions) => {
    const formatter = new Intl.DateTimeFormat(localeOf(language), { timeZone, hourCycle: "h23", ...options });
    return (instant: string | number) => formatter.format(new Date(instant));
  };
  return {
    clock: format({ hour: "2-digit", minute: "2-digit" }),
    second: format({ hour: "2-digit", minute: "2-digit", second: "2-digit" }),
    dayAndClock: format({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }),
    day: format({ day: "numeric", month: "short" }),
    zoneName: nameOf(timeZone),
    zone: timeZone,
  };
}

/** English as Europe writes it: the day before the month, and 24 hours. */
export function localeOf(language: Language): string {
  return { en: "en-GB", de: "de-DE", zh: "zh-CN" }[language];
}

function nameOf(timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone, timeZoneName: "short" }).formatToParts(new Date());
  const short = parts.find((part) => part.type === "timeZoneName")?.value ?? "";
  return short && short !== timeZone ? `${timeZone} (${short})` : timeZone;
}

/** A zone that this browser does not know is shown as UTC, and named so. */
function knownZone(zone: string): string {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone }).format(0);
    return zone;
  } catch {
    return "UTC";
  }
}

const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** A note of the record with its instants in the plant's own time: nobody on the floor reads UTC. */
export function inPlantTime(note: string, times: Pick<Times, "dayAndClock">): string {
  return note.replace(INSTANT, (instant) => times.dayAndClock(instant));
}
