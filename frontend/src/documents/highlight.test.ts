import { expect, test } from "vitest";
import { placeOf } from "./highlight";

function marked(text: string, quote: string): string | null {
  const place = placeOf(text, quote);
  return place && text.slice(place.start, place.end);
}

test("a quotation is found across markup and line ends", () => {
  const text = "## Steps\n1. **Switch off**\n   and lock the drive.\n2. Wait.";

  expect(marked(text, "Switch off and lock the drive.")).toBe("Switch off**\n   and lock the drive");
});

test("letters outside the basic plane and accents move nothing", () => {
  expect(marked("𝒜𝒷 Kühlung prüfen!", "kühlung PRÜFEN")).toBe("Kühlung prüfen");
  expect(marked("注意：关闭并锁定驱动。完成", "关闭并锁定驱动")).toBe("关闭并锁定驱动");
});

test("what is not there is not found", () => {
  expect(placeOf("Lock the drive.", "Unlock the drive")).toBeNull();
  expect(placeOf("Lock the drive.", " … ")).toBeNull();
});
