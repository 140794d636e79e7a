import { expect, test } from "vitest";
import { blocksOf, spansOf, spoken } from "./answerText";

test("numbers of known sources are links, others stay text", () => {
  expect(spansOf("Blocked [1], see [7].", [1])).toEqual([
    { is: "text", text: "Blocked " },
    { is: "citation", number: 1 },
    { is: "text", text: ", see " },
    { is: "text", text: "[7]" },
    { is: "text", text: "." },
  ]);
});

test("markup is text", () => {
  const [block] = blocksOf("<img src=x onerror=alert(1)> **bold** [a](javascript:x)", []);

  expect(block).toEqual({
    is: "paragraph",
    lines: [[{ is: "text", text: "<img src=x onerror=alert(1)> **bold** [a](javascript:x)" }]],
  });
});

test("steps keep the numbers that the document gives them", () => {
  const blocks = blocksOf("Do this:\n2. Lock the drive\n3. Look\n\n5) Unlock", []);

  expect(blocks.map((block) => (block.is === "list" ? [block.start, block.items.length] : "text"))).toEqual([
    "text",
    [2, 2],
    [5, 1],
  ]);
});

test("a value with a sign at the beginning of a line is no list", () => {
  expect(blocksOf("-21.3 °C\n12.5 rpm", [])).toHaveLength(1);
});

test("what is read aloud has no numbers of sources", () => {
  expect(spoken("Blocked behind it [1]. Lock it [2][3].")).toBe("Blocked behind it. Lock it.");
});
