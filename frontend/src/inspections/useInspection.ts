import { useState } from "react";
import { type Remote, useRemote } from "../api/remote";
import { type Inspection, isPending } from "./model";
import { readInspection } from "./server";

const PENDING_SECONDS = 1;
const SETTLED_SECONDS = 30;

/** One inspection as it stands; asked for often while the inspector has not looked yet. */
export function useInspection(imageId: string): Remote<Inspection> {
  const [pending, setPending] = useState(true);
  const remote = useRemote(`inspection ${imageId}`, (signal) => readInspection(imageId, signal), {
    everySeconds: pending ? PENDING_SECONDS : SETTLED_SECONDS,
  });
  const now = !remote.data || isPending(remote.data);
  if (now !== pending) setPending(now);
  return remote;
}
