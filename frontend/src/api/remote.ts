import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { type Contact, contactNow, onContact } from "./contact";
import { asFailure, type Failure, wasAborted } from "./failure";

/** Data from the server. What was read once stays while it is read again or cannot be. */
export interface Remote<T> {
  data: T | undefined;
  /** Why the newest try failed; undefined as soon as one works. */
  failure: Failure | undefined;
  loading: boolean;
  /** When `data` was read, in milliseconds of this browser's clock. */
  readAt: number | undefined;
  reload: () => void;
}

interface Options {
  /** Reads again so many seconds after each answer. */
  everySeconds?: number;
  /** False reads nothing, and keeps what there is. */
  enabled?: boolean;
}

interface Kept<T> {
  key: string;
  data?: T;
  failure?: Failure;
  readAt?: number;
}

const LONGEST_WAIT_SECONDS = 30;

/** Seconds until the next try after so many failures in a row: 1, 2, 4 ... 30. */
export function backoffSeconds(failures: number): number {
  return Math.min(2 ** Math.max(0, failures - 1), LONGEST_WAIT_SECONDS);
}

/**
 * Reads, and reads again: after `everySeconds`, with growing waits after a passing failure, at once when the page is
 * looked at again. Another `key` starts anew. `load` gets a signal that aborts when nobody waits for it any more.
 */
export function useRemote<T>(key: string, load: (signal: AbortSignal) => Promise<T>, options: Options = {}): Remote<T> {
  const { everySeconds = 0, enabled = true } = options;
  const [kept, setKept] = useState<Kept<T>>({ key });
  const [round, setRound] = useState(0);
  const newest = useRef(load);
  newest.current = load;

  useEffect(() => {
    if (!enabled) return undefined;
    const leaving = new AbortController();
    const stop = readAgainAndAgain(
      () => newest.current(leaving.signal),
      everySeconds,
      (change) => setKept((was) => ({ ...(was.key === key ? was : { key }), ...change })),
    );
    return () => {
      stop();
      leaving.abort();
    };
  }, [key, everySeconds, enabled, round]);

  const mine: Kept<T> = kept.key === key ? kept : { key };
  const reload = useCallback(() => setRound((was) => was + 1), []);
  return {
    data: mine.data,
    failure: mine.failure,
    loading: enabled && mine.data === undefined && mine.failure === undefined,
    readAt: mine.readAt,
    reload,
  };
}

type Change<T> = Pick<Kept<T>, "failure"> | Required<Pick<Kept<T>, "data" | "readAt">>;

function readAgainAndAgain<T>(load: () => Promise<T>, everySeconds: number, tell: (change: Change<T>) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let stopped = false;
  let reading = false;

  const wait = (seconds: number) => {
    timer = setTimeout(read, seconds * 1_000);
  };
  const worked = (data: T) => {
    failures = 0;
    tell({ data, readAt: Date.now(), failure: undefined } as Change<T>);
    if (everySeconds) wait(everySeconds);
  };
  const failed = (failure: Failure) => {
    failures += 1;
    tell({ failure });
    if (failure.passing) wait(Math.max(backoffSeconds(failures), failures > 1 ? everySeconds : 0));
    else if (everySeconds && failure.status !== 401) wait(LONGEST_WAIT_SECONDS);
  };
  async function read(): Promise<void> {
    reading = true;
    try {
      const data = await load();
      if (!stopped) worked(data);
    } catch (thrown) {
      if (!stopped && !wasAborted(thrown)) failed(asFailure(thrown));
    } finally {
      reading = false;
    }
  }
  const readNow = () => {
    if (reading || document.hidden || (!everySeconds && failures === 0)) return;
    clearTimeout(timer);
    void read();
  };

  void read();
  document.addEventListener("visibilitychange", readNow);
  window.addEventListener("online", readNow);
  return () => {
    stopped = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", readNow);
    window.removeEventListener("online", readNow);
  };
}

export function useContact(): Contact {
  return useSyncExternalStore(onContact, contactNow);
}
