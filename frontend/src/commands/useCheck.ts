import { useEffect, useState } from "react";
import { type Remote, useRemote } from "../api/remote";
import { type Decision, type Proposal, whatIsAsked } from "./model";
import { check } from "./server";

const PAUSE_MS = 350;
const EVERY_SECONDS = 5;

/** What the rules say of a proposal, asked again while it is looked at. `null` asks nothing. What was said of another
 * value is never shown beside this one. */
export function useCheck(proposal: Proposal | null): Remote<Decision> {
  const key = keyOf(proposal);
  const settled = useSettled(key) === key;
  return useRemote(key, (signal) => check(proposal as Proposal, signal), { everySeconds: EVERY_SECONDS, enabled: proposal !== null && settled });
}

function keyOf(proposal: Proposal | null): string {
  return proposal ? `check ${whatIsAsked(proposal)}` : "";
}

/** The text once it has not changed for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
