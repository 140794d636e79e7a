import { useState } from "react";
import { type Remote, useRemote } from "../api/remote";
import { type Inspection, isPending } from "./model";
import { readArriving, readInspection } from "./server";

const PENDING_SECONDS = 1;
const SETTLED_SECONDS = 30;

/** One inspection as it stands; asked for often while the inspector has not looked yet. */
export function useInspection(imageId: string): Remote<Inspection> {
  return useUntilSeen(`inspection ${imageId}`, (signal) => readInspection(imageId, signal));
}

/** The same of an image that is on its way: null until it is there. */
export function useArriving(imageId: string): Remote<Inspection | null> {
  return useUntilSeen(`arriving ${imageId}`, (signal) => readArriving(imageId, signal));
}

function useUntilSeen<T extends Inspection | null>(key: string, load: (signal: AbortSignal) => Promise<T>): Remote<T> {
  const [pending, setPending] = useState(true);
  const remote = useRemote(key, load, { everySeconds: pending ? PENDING_SECONDS : SETTLED_SECONDS });
  const now = !remote.data || isPending(remote.data);
  if (now !== pending) setPending(now);
  return remote;
}
