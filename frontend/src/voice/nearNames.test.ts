import { expect, test } from "vitest";
import { corrected, distance, nearNames } from "./nearNames";

const NAMES = ["Vertical Conveyor", "Conveyor Left Turn", "Conveyor Right Turn", "Freezer Tunnel", "Box Sealer"];

test("a name that was nearly heard is offered, and put in only when chosen", () => {
  const words = "why did the verticle conveyer stop";

  const [offer] = nearNames(words, NAMES);

  expect(offer).toEqual({ heard: "verticle conveyer", meant: "Vertical Conveyor" });
  expect(corrected(words, offer!)).toBe("why did the Vertical Conveyor stop");
});

test("words run together or apart are still near", () => {
  expect(nearNames("is the freezertunnel cold?", NAMES)[0]?.meant).toBe("Freezer Tunnel");
  expect(nearNames("the box sea ler, please", NAMES)[0]).toEqual({ heard: "box sea ler", meant: "Box Sealer" });
});

test("a name that was heard right is no bad spelling of its neighbour", () => {
  expect(nearNames("why did the conveyor left turn stop", NAMES)).toEqual([]);
});

test("other words are left alone", () => {
  expect(nearNames("what does the manual say about cleaning", NAMES)).toEqual([]);
  expect(nearNames("", NAMES)).toEqual([]);
});

test("letters are counted as Levenshtein does", () => {
  expect(distance("kitten", "sitting")).toBe(3);
  expect(distance("", "abc")).toBe(3);
});
