import { expect, test } from "vitest";
import { type Catalogue, LANGUAGES } from "./catalogue";
import { numbersIn } from "./numbers";
import { inPlantTime, timesIn } from "./times";

const FILES = import.meta.glob<Record<string, Catalogue<Record<string, unknown>>>>("../**/strings.ts", { eager: true });
const CATALOGUES = Object.entries(FILES).flatMap(([file, module]) =>
  Object.entries(module).map(([name, strings]) => ({ name: `${file} ${name}`, strings })),
);

/** What a message says, with a mark in place of every value. */
function said(message: unknown): string {
  if (typeof message !== "function") return String(message);
  const marks = Array.from({ length: message.length }, (_, index) => `<${index}>`);
  return String(message(...marks));
}

test.each(CATALOGUES)("$name says everything in every language, with the same values in it", ({ strings }) => {
  const keys = Object.keys(strings.en);
  for (const { id } of LANGUAGES) {
    expect(Object.keys(strings[id]).toSorted()).toEqual(keys.toSorted());
    for (const key of keys) {
      const message = said(strings[id][key]);
      expect(message.trim(), `${id} ${key}`).not.toBe("");
      const marks = (text: string) => [...new Set(text.match(/<\d>/g))].toSorted();
      expect(marks(message), `${id} ${key}`).toEqual(marks(said(strings.en[key])));
    }
  }
});

test("the catalogues are found", () => {
  expect(CATALOGUES.length).toBeGreaterThanOrEqual(4);
});

test("times are the plant's, whatever zone the browser is in", () => {
  const times = timesIn("Asia/Shanghai", "en");

  expect(times.second("2026-03-02T20:05:09Z")).toBe("04:05:09");
  expect(times.dayAndClock("2026-03-02T20:05:09Z")).toContain("3 Mar");
  expect(times.zoneName).toContain("Asia/Shanghai");
});

test("a zone that the browser does not know is UTC, and is called so", () => {
  expect(timesIn("Mars/Olympus", "de")).toMatchObject({ zone: "UTC" });
});

test("midnight is 00, not 24", () => {
  for (const { id } of LANGUAGES) expect(timesIn("UTC", id).clock("2026-03-02T00:05:00Z")).toBe("00:05");
});

test("durations are said in the two largest units", () => {
  const { duration } = numbersIn("en");

  expect([0.4, 59, 60, 754, 3_599, 3_600, 12_000, 200_000].map(duration)).toEqual([
    "0 s",
    "59 s",
    "1 min",
    "13 min",
    "1 h",
    "1 h",
    "3 h 20 min",
    "2 d 8 h",
  ]);
});

test("numbers are as exact as they are worth, and written as the language writes them", () => {
  expect(numbersIn("en").value(-16.9234)).toBe("-16.92");
  expect(numbersIn("de").value(12_840.4)).toBe("12.840");
  expect(numbersIn("de").value(0.12349)).toBe("0,123");
});

test("a small share is not nothing", () => {
  expect([0, 0.0003, 0.001, 0.125].map(numbersIn("en").share)).toEqual(["0%", "< 0.1%", "0.1%", "12.5%"]);
});

test("a note tells instants in the plant's time", () => {
  const note = inPlantTime("Trying (until 2026-11-21T23:06:56.352882Z)", timesIn("Europe/Copenhagen", "en"));

  expect(note).toBe("Trying (until 22 Nov, 00:06)");
});
