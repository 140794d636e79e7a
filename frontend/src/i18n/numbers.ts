import { useMemo } from "react";
import type { Language } from "../api/types";
import { useLanguage } from "./language";
import { localeOf } from "./times";

/** Numbers, ages and shares as the reader's language writes them. */
export interface Numbers {
  /** Four significant digits at most, three decimals at most. */
  value: (value: number) => string;
  /** `12.5%` of 0.125; less than a tenth of a percent is said to be that, and not nothing */
  share: (share: number) => string;
  /** `45 s`, `12 min`, `3 h 20 min`, `2 d 3 h` */
  duration: (seconds: number) => string;
  /** `12.5` minutes of 750 seconds */
  minutes: (seconds: number) => string;
}

const SIGNIFICANT = 4;
const LEAST_SHARE = 0.001;

export function useNumbers(): Numbers {
  const { language } = useLanguage();
  return useMemo(() => numbersIn(language), [language]);
}

export function numbersIn(language: Language): Numbers {
  const locale = localeOf(language);
  const decimals = (digits: number) => {
    const formatter = new Intl.NumberFormat(locale, { maximumFractionDigits: digits });
    return (value: number) => formatter.format(value);
  };
  const byDigits = [0, 1, 2, 3].map(decimals);
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const words = UNITS_OF_TIME[language];
  return {
    value: (value) => (byDigits[digitsAfterPoint(value)] ?? String)(value),
    share: (share) => (share > 0 && share < LEAST_SHARE ? `< ${percent.format(LEAST_SHARE)}` : percent.format(share)),
    duration: (seconds) => durationIn(words, seconds),
    minutes: (seconds) => decimals(1)(seconds / 60),
  };
}

function digitsAfterPoint(value: number): number {
  const before = Math.max(1, Math.floor(Math.log10(Math.max(Math.abs(value), 1))) + 1);
  return Math.min(3, Math.max(0, SIGNIFICANT - before));
}

const UNITS_OF_TIME: Record<Language, { d: string; h: string; min: string; s: string }> = {
  en: { d: "d", h: "h", min: "min", s: "s" },
  de: { d: "T", h: "Std.", min: "Min.", s: "s" },
  zh: { d: "天", h: "小时", min: "分钟", s: "秒" },
};

function durationIn(unit: { d: string; h: string; min: string; s: string }, seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} ${unit.s}`;
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return `${minutes} ${unit.min}`;
  if (minutes < 48 * 60) return joined(Math.floor(minutes / 60), unit.h, minutes % 60, unit.min);
  const hours = Math.round(minutes / 60);
  return joined(Math.floor(hours / 24), unit.d, hours % 24, unit.h);
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small ? `${large} ${largeUnit} ${small} ${smallUnit}` : `${large} ${largeUnit}`;
}
