import { useEffect, useRef, useState } from "react";
import { answerOf, client } from "./client";
import { openEvents } from "./events";
import { asFailure, failureOf, wasAborted } from "./failure";
import { backoffSeconds, type Remote, useRemote } from "./remote";
import type { Handover, Line, Losses, Telemetry } from "./types";

const POLL_SECONDS = 2;
const HISTORY_SECONDS = 60;
const TREND_POINTS = 300;

/** A line as it stood, and how far the server's clock is ahead of this browser's: ages must not depend on the latter. */
export interface LineNow {
  line: Line;
  aheadMs: number;
}

/** The line as it stands: streamed where the server says it does, else asked for every two seconds with its ETag. */
export function useLine(line: string, isStreamed: boolean): Remote<LineNow> {
  const streamed = useStreamedLine(isStreamed ? line : "");
  const read = useRef(tagReader());
  const polled = useRemote(`line ${line}`, (signal) => read.current(line, signal), {
    everySeconds: POLL_SECONDS,
    enabled: line !== "" && streamed === null,
  });
  if (!streamed) return polled;
  return { data: streamed.now, failure: undefined, loading: false, readAt: streamed.readAt, reload: polled.reload };
}

/** Reads a line and remembers its tag; an unchanged line is not sent again. */
export function tagReader(): (line: string, signal: AbortSignal) => Promise<LineNow> {
  let known: { id: string; tag: string; now: LineNow } | null = null;
  return async (id, signal) => {
    const same = known?.id === id ? known : null;
    const { data, error, response } = await client.GET("/api/lines/{line}", {
      params: { path: { line: id } },
      headers: same ? { "If-None-Match": same.tag } : {},
      cache: "no-store",
      signal,
    });
    if (response.status === 304 && same) return same.now;
    if (!data) throw failureOf(response.status, error);
    // The same address also speaks NGSI-LD, which has no type here; JSON is what was asked for.
    const now = receivedNow(data as Line);
    const tag = response.headers.get("ETag");
    known = tag ? { id, tag, now } : null;
    return now;
  };
}

function receivedNow(line: Line): LineNow {
  return { line, aheadMs: Date.parse(line.as_of) - Date.now() };
}

interface Streamed {
  now: LineNow;
  readAt: number;
}

/** Null while nothing is streamed. A server that does not stream is not asked again; a cut stream is. */
function useStreamedLine(line: string): Streamed | null {
  const [streamed, setStreamed] = useState<Streamed | null>(null);
  useEffect(() => {
    if (!line) return undefined;
    let leaving = new AbortController();
    const listen = () => {
      leaving.abort();
      leaving = new AbortController();
      setStreamed(null);
      // A browser holds six connections to one server: a tab that nobody looks at must not keep one.
      if (!document.hidden) void listenTo(line, leaving.signal, setStreamed);
    };
    listen();
    document.addEventListener("visibilitychange", listen);
    return () => {
      document.removeEventListener("visibilitychange", listen);
      leaving.abort();
      setStreamed(null);
    };
  }, [line]);
  return streamed;
}

async function listenTo(line: string, signal: AbortSignal, tell: (streamed: Streamed | null) => void): Promise<void> {
  let now: LineNow | null = null;
  const stillThere = () => {
    if (now) tell({ now, readAt: Date.now() });
  };
  for (let failures = 0; !signal.aborted; ) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- one stream after the other
      for await (const { event, data } of openEvents(`/api/lines/${encodeURIComponent(line)}/events`, { signal, onHeard: stillThere })) {
        failures = 0;
        if (event !== "line") continue;
        now = receivedNow(JSON.parse(data) as Line);
        tell({ now, readAt: Date.now() });
      }
    } catch (thrown) {
      if (wasAborted(thrown) || !asFailure(thrown).passing) break;
    }
    if (signal.aborted) return;
    failures += 1;
    now = null;
    tell(null);
    // oxlint-disable-next-line no-await-in-loop -- waiting is the point
    await pause(backoffSeconds(failures));
  }
  if (!signal.aborted) tell(null);
}

function pause(seconds: number): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, seconds * 1_000);
  });
}

/** All numeric values of a machine over the last minutes. */
export function useTelemetry(line: string, machine: string, minutes: number): Remote<Telemetry> {
  return useRemote(
    `telemetry ${line} ${machine} ${minutes}`,
    (signal) => {
      const since = new Date(Date.now() - minutes * 60_000).toISOString();
      const params = { path: { line, machine }, query: { since, points: TREND_POINTS } };
      return answerOf(client.GET("/api/lines/{line}/machines/{machine}/telemetry", { params, signal }));
    },
    { everySeconds: minutes > 60 ? HISTORY_SECONDS : 10, enabled: line !== "" && machine !== "" },
  );
}

/** States and losses of the last hours. */
export function useLosses(line: string, hours: number): Remote<Losses> {
  return useRemote(
    `losses ${line} ${hours}`,
    (signal) => {
      const since = new Date(Date.now() - hours * 3_600_000).toISOString();
      return answerOf(client.GET("/api/lines/{line}/losses", { params: { path: { line }, query: { since } }, signal }));
    },
    { everySeconds: HISTORY_SECONDS, enabled: line !== "" },
  );
}

export interface Shift {
  since: string;
  until: string;
}

/** What the next shift must know; without a shift, of the one that is running. */
export function useHandover(line: string, shift: Shift | null): Remote<Handover> {
  return useRemote(
    `handover ${line} ${shift?.since ?? "current"}`,
    (signal) => {
      const query = shift ? { since: shift.since, until: shift.until } : ({ shift: "current" } as const);
      return answerOf(client.GET("/api/lines/{line}/handover", { params: { path: { line }, query }, signal }));
    },
    { enabled: line !== "" },
  );
}
