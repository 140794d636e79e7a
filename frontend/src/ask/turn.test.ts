import { expect, test } from "vitest";
import { anAnswer } from "./ask.testing";
import { begin, isUnanswered, proceed, textOf, type TurnEvent } from "./turn";

function after(...events: TurnEvent[]) {
  return events.reduce(proceed, begin("k", "Why?", "2026-11-21T12:00:00Z"));
}

const said: TurnEvent = { event: "token", data: { text: "The conveyor" } };

test("what comes after a turn has ended changes nothing", () => {
  const stopped = after(said, { event: "stopped" });

  expect(proceed(stopped, { event: "token", data: { text: " stands" } })).toEqual(stopped);
  expect(proceed(stopped, { event: "done", data: anAnswer({}) })).toEqual(stopped);
});

test("an answer that is found later ends a lost turn all the same", () => {
  const found = after(
    said,
    { event: "lost" },
    { event: "recovered", data: anAnswer({ text: "The conveyor stands." }) },
  );

  expect(found).toMatchObject({ status: "done", broke: true });
  expect(textOf(found)).toBe("The conveyor stands.");
});

test("steps are shown in the order they began, each with how it ended", () => {
  const tool = { call_id: "b", tool: "alarms", title: "Alarms", ok: false, summary: "no answer", seconds: 2 };
  const turn = after(
    { event: "tool_started", data: { call_id: "a", tool: "line", title: "Line" } },
    { event: "tool_started", data: tool },
    { event: "tool_ended", data: tool },
  );

  expect(turn.steps.map((step) => [step.title, step.ended?.ok])).toEqual([
    ["Line", undefined],
    ["Alarms", false],
  ]);
});

test("only a turn that failed gives its question back", () => {
  expect(isUnanswered(after({ event: "lost" }))).toBe(true);
  expect(isUnanswered(after({ event: "problem", data: { detail: "cold", retry: true } }))).toBe(true);
  expect(isUnanswered(after({ event: "stopped" }))).toBe(false);
  expect(isUnanswered(after({ event: "done", data: anAnswer({}) }))).toBe(false);
});
