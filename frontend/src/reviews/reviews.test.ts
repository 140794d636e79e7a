import { expect, test } from "vitest";
import { review } from "../../dev/samples-of-learning";
import { citationsOf, faultsOf, nextAfter, opens, proposalOf } from "./model";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const given = (told: Partial<Parameters<typeof review>[1]>) => review(NOW, { feedback_id: "f-1", ...told });

test("what is proposed is the correction, else the words that helped, else nothing", () => {
  const said = { question: "Why?", answer: "The belt stands." };

  expect(proposalOf(given({ ...said, verdict: "down", correction: "The lift stands." })).answer).toBe("The lift stands.");
  expect(proposalOf(given({ ...said, verdict: "up", correction: "" })).answer).toBe("The belt stands.");
  expect(proposalOf(given({ ...said, verdict: "down", correction: "" }))).toEqual({ question: "Why?", answer: "" });
});

test("what was kept before is proposed again", () => {
  const kept = given({ state: "accepted", reviewed_question: "Why not?", reviewed_answer: "Because." });

  expect(proposalOf(kept)).toEqual({ question: "Why not?", answer: "Because." });
});

test("sources are numbered as the answer numbers them, and one without a file is none to open", () => {
  const [cited] = given({}).cited;
  const citations = citationsOf(given({ cited: [cited!, { ...cited!, document_id: "" }] }));

  expect(citations.map(({ number }) => number)).toEqual([1, 2]);
  expect(citations.map(opens)).toEqual([true, false]);
});

test("after one comes the next below, at the end the one above, and nothing after the last", () => {
  const queue = ["f-1", "f-2", "f-3"].map((feedback_id) => given({ feedback_id }));

  expect(nextAfter(queue, "f-2")).toBe("f-3");
  expect(nextAfter(queue, "f-3")).toBe("f-2");
  expect(nextAfter(queue.slice(0, 1), "f-1")).toBe("");
});

test("only what is accepted needs words, and nothing may be too long", () => {
  const given_at = "2026-11-21T12:00:00Z";

  expect(faultsOf({ state: "accepted", given_at, question: " ", answer: "x" })).toEqual({ question: "missing" });
  expect(faultsOf({ state: "rejected", given_at })).toEqual({});
  expect(faultsOf({ state: "accepted", given_at, question: "x", answer: "x".repeat(4_001) })).toEqual({ answer: "too_long" });
  expect(faultsOf({ state: "rejected", given_at, note: "x".repeat(501) })).toEqual({ note: "too_long" });
});
