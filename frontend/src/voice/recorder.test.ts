import { expect, test } from "vitest";
import { IDLE, next, type RecorderEvent, type RecorderState, TAP_MS } from "./recorder";

const LONGEST_MS = 30_000;

function after(...events: RecorderEvent[]): RecorderState {
  return events.reduce((state, event) => next(state, event, LONGEST_MS), IDLE);
}

const pressed = (at: number): RecorderEvent => ({ what: "pressed", at });
const opened = (at: number): RecorderEvent => ({ what: "opened", at });
const released = (at: number): RecorderEvent => ({ what: "released", at });
const ticked = (at: number): RecorderEvent => ({ what: "ticked", at });

test("held, it records until the button is let go", () => {
  expect(after(pressed(0), opened(50)).is).toBe("recording");
  expect(after(pressed(0), opened(50), released(TAP_MS + 1)).is).toBe("transcribing");
});

test("tapped, it records until the next tap", () => {
  const going = [pressed(0), opened(50), released(TAP_MS - 1)];

  expect(after(...going).is).toBe("recording");
  expect(after(...going, released(9_000)).is).toBe("recording");
  expect(after(...going, pressed(9_000)).is).toBe("transcribing");
});

test("let go while the browser still asks, it was a tap", () => {
  expect(after(pressed(0), released(3_000), opened(4_000), released(4_100)).is).toBe("recording");
});

test("it ends by itself after the longest time", () => {
  const going = [pressed(0), opened(100)];

  expect(after(...going, ticked(100 + LONGEST_MS - 1)).is).toBe("recording");
  expect(after(...going, ticked(100 + LONGEST_MS)).is).toBe("transcribing");
});

test("what was heard ends it; silence says so", () => {
  const done = [pressed(0), opened(0), released(1_000)];

  expect(after(...done, { what: "heard", text: "why" })).toEqual(IDLE);
  expect(after(...done, { what: "heard", text: " " })).toMatchObject({
    is: "failed",
    trouble: "nothing_heard",
    canRetry: false,
  });
});

test("a refused microphone can be pressed again, a failed transcript tried again", () => {
  const refused: RecorderEvent = { what: "failed", trouble: "denied", detail: "" };
  const broken: RecorderEvent = { what: "failed", trouble: "not_transcribed", detail: "" };

  expect(after(pressed(0), refused, { what: "retried" })).toMatchObject({ is: "failed", trouble: "denied" });
  expect(after(pressed(0), refused, pressed(9)).is).toBe("opening");
  expect(after(pressed(0), opened(0), released(1_000), broken, { what: "retried" }).is).toBe("transcribing");
});

test("discarded, it is as if nothing had been said", () => {
  expect(after(pressed(0), opened(0), { what: "cancelled" })).toEqual(IDLE);
  expect(after(pressed(0), { what: "cancelled" }, { what: "heard", text: "late" })).toEqual(IDLE);
});
