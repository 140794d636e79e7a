import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Failure } from "./failure";
import { backoffSeconds, useRemote } from "./remote";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const pass = (seconds: number) => act(() => vi.advanceTimersByTimeAsync(seconds * 1_000));

/** Answers one after the other; the last one stays. */
function source(...answers: (number | Failure)[]) {
  let asked = 0;
  return vi.fn(async () => {
    const answer = answers[Math.min(asked++, answers.length - 1)];
    if (answer instanceof Failure) throw answer;
    return answer;
  });
}

test("what is read is there, and read again", async () => {
  const load = source(1, 2);
  const { result } = renderHook(() => useRemote("a", load, { everySeconds: 5 }));
  expect(result.current.loading).toBe(true);

  await pass(0);
  expect(result.current).toMatchObject({ data: 1, loading: false, failure: undefined });

  await pass(5);
  expect(result.current.data).toBe(2);
});

test("a server that is away is tried again with growing waits, and the old data stays", async () => {
  const load = source(1, new Failure("gone", 0), new Failure("gone", 0), 4);
  const { result } = renderHook(() => useRemote("a", load, { everySeconds: 2 }));
  await pass(0);

  await pass(2);
  expect(result.current).toMatchObject({ data: 1, failure: { message: "gone" } });

  await pass(1);
  await pass(2);
  expect(result.current).toMatchObject({ data: 4, failure: undefined });
  expect(load).toHaveBeenCalledTimes(4);
});

test("what is refused is not asked for again and again", async () => {
  const load = source(new Failure("this needs the role admin", 403));
  const { result } = renderHook(() => useRemote("a", load));

  await pass(120);

  expect(load).toHaveBeenCalledTimes(1);
  expect(result.current).toMatchObject({ data: undefined, loading: false });
});

test("who leaves stops the reading, the one under way too", async () => {
  let signal: AbortSignal | undefined;
  const load = vi.fn((given: AbortSignal) => {
    signal = given;
    return new Promise<number>(() => undefined);
  });
  const { unmount } = renderHook(() => useRemote("a", load, { everySeconds: 1 }));

  unmount();
  await pass(10);

  expect(signal?.aborted).toBe(true);
  expect(load).toHaveBeenCalledTimes(1);
});

test("another key shows nothing of the one before", async () => {
  const { result, rerender } = renderHook(({ key, load }) => useRemote(key, load), {
    initialProps: { key: "a", load: source(1) },
  });
  await pass(0);

  rerender({ key: "b", load: source(2) });
  expect(result.current).toMatchObject({ data: undefined, loading: true });

  await pass(0);
  expect(result.current.data).toBe(2);
});

test("waits double up to half a minute", () => {
  expect([1, 2, 3, 4, 5, 6, 20].map(backoffSeconds)).toEqual([1, 2, 4, 8, 16, 30, 30]);
});
