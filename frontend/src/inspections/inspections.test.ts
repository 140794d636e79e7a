import { expect, test } from "vitest";
import { accuracy, imageId, inspection, waiting } from "../../dev/samples-of-inspections";
import { addressOfWanted, verdictsOf, viewOf, wantedOf, windowOf, withImage } from "./address";
import { classesOf, inOrder, isFew, isPending, outcomeOf, regionsOf, surenessOf, verdictOfKey } from "./model";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const query = (text: string) => new URLSearchParams(text);

test("a machine and a time lead to their images, as an alarm links to them", () => {
  const linked = query("device=Cookie+Inspector&from=2026-11-21T10%3A00%3A00Z");

  expect(viewOf(linked)).toBe("recent");
  expect(wantedOf(linked)).toEqual({ device: "Cookie Inspector", kind: "all", from: "2026-11-21T10:00:00Z", hours: 1 });
  expect([viewOf(query("")), viewOf(query("view=accuracy")), viewOf(query("view=nothing"))]).toEqual(["queue", "accuracy", "queue"]);
});

test("what an address asks for is what it says again, and what it cannot mean is left out", () => {
  const wanted = { device: "A & B", kind: "defects", from: "2026-11-21T10:00:00Z", hours: 8 } as const;

  expect(wantedOf(query(addressOfWanted(wanted).split("?")[1]!))).toEqual(wanted);
  expect(wantedOf(query("from=yesterday&hours=7&verdict=fine"))).toEqual({ device: "", kind: "all", from: "", hours: 1 });
});

test("an image is opened over the page as it is, and closed again", () => {
  const opened = withImage(query("view=accuracy"), "abc");

  expect(opened).toBe("/inspections?view=accuracy&image=abc");
  expect(withImage(query(opened.split("?")[1]!), "")).toBe("/inspections?view=accuracy");
});

test("a window ends after its hours, and stays open where that is in the future", () => {
  const wanted = { device: "", kind: "all", from: "2026-11-21T10:00:00Z", hours: 1 } as const;

  expect(windowOf(wanted, NOW)).toEqual({ since: wanted.from, until: "2026-11-21T11:00:00.000Z", hours: 1 });
  expect(windowOf({ ...wanted, hours: 8 }, NOW)).toEqual({ since: wanted.from, hours: 8 });
  expect(windowOf({ ...wanted, from: "", hours: 8 }, NOW)).toEqual({ hours: 8 });
});

test("any defect is each of the three, and all is no filter", () => {
  expect(verdictsOf("defects")).toEqual(["cracked", "deformed", "bubbles"]);
  expect(verdictsOf("all")).toEqual([]);
  expect(verdictsOf("unreadable")).toEqual(["unreadable"]);
});

test("the keys 1 to 5 are the five verdicts, and no other key is one", () => {
  expect(["1", "2", "3", "4", "5"].map(verdictOfKey)).toEqual(["good", "cracked", "deformed", "bubbles", "unreadable"]);
  expect(["0", "6", "a", "Enter", "11"].map(verdictOfKey)).toEqual([null, null, null, null, null]);
});

test("how sure it is has a word for every chance", () => {
  expect([0.99, 0.95, 0.8, 0.79, 0.65, 0.5, 0.1].map(surenessOf)).toEqual(["very", "very", "quite", "rather", "rather", "unsure", "guess"]);
});

test("what is no region is not drawn", () => {
  const seen = { ...inspection(NOW, 1).seen!, regions: [[1, 2, 3, 4], [1, 2]] as [number, number, number, number][] };

  expect(regionsOf(inspection(NOW, 1, { seen }))).toEqual([[1, 2, 3, 4]]);
  expect(regionsOf(inspection(NOW, 1, { seen: null }))).toEqual([]);
});

test("another person's verdict came first, one's own was kept, and without any it waits no more", () => {
  const of = (by: string) => inspection(NOW, 1, { review: { verdict: "good", by, at: "", note: "" } });

  expect(outcomeOf(of("Ann"), "Ann").kind).toBe("kept");
  expect(outcomeOf(of("Bo"), "Ann")).toMatchObject({ kind: "faster", by: "Bo" });
  expect(outcomeOf(inspection(NOW, 1, { has_image: false }), "Ann").kind).toBe("gone");
});

test("what was put off comes last, in the order in which it was", () => {
  const { inspections } = waiting(NOW);

  expect(inOrder(inspections, [imageId(2), imageId(1)]).map(({ image_id }) => image_id)).toEqual([imageId(3), imageId(2), imageId(1)]);
});

test("an image waits for the inspector only while nobody has looked and nobody was asked instead", () => {
  expect(isPending(inspection(NOW, 1, { seen: null, queued: false }))).toBe(true);
  expect(isPending(inspection(NOW, 1, { seen: null, queued: true }))).toBe(false);
  expect(isPending(inspection(NOW, 1))).toBe(false);
});

test("classes stand in their usual order, and nine images are few", () => {
  expect(classesOf(accuracy())).toEqual(["good", "cracked", "bubbles"]);
  expect([9, 10].map((images) => isFew({ value: 1, low: 0.6, high: 1, images }))).toEqual([true, false]);
});
