import { expect, test } from "vitest";
import { placeOf } from "./bearer";

test("who comes back from the identity provider is at the same place again", () => {
  expect(placeOf("/alarms?alarm=a-1#top")).toBe("/alarms?alarm=a-1#top");
});

test.each(["//evil.example/x", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "", null, undefined, 7])(
  "%s leads nowhere but to the line",
  (state) => {
    expect(placeOf(state)).toBe("/");
  },
);
