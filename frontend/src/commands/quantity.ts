import { useMemo } from "react";
import { useLanguage } from "../i18n/language";
import { localeOf } from "../i18n/times";
import { symbolOf } from "../i18n/units";
import type { Language } from "../api/types";

const MOST_DIGITS = 12;

/** A value with its unit, to the last digit: what a machine is told is never rounded for the eye. */
export type Quantity = (value: number, unit: string) => string;

export function useQuantity(): Quantity {
  const { language } = useLanguage();
  return useMemo(() => quantityIn(language), [language]);
}

export function quantityIn(language: Language): Quantity {
  const exact = new Intl.NumberFormat(localeOf(language), { maximumSignificantDigits: MOST_DIGITS, useGrouping: false });
  return (value, unit) => `${exact.format(value)} ${unitOf(unit)}`.trim();
}

/** A count has no unit worth reading. */
export function unitOf(unit: string): string {
  return unit === "C62" ? "" : symbolOf(unit);
}
