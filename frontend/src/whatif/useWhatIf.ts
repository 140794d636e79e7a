import { useState } from "react";
import { type Remote, useRemote } from "../api/remote";
import { type Proposal, whatIsAsked } from "../commands/model";
import { type WhatIf, readWhatIf } from "./server";

export interface Trial {
  remote: Remote<WhatIf>;
  /** Somebody wants to know about this very value. */
  asked: boolean;
  ask: () => void;
}

/** Asks only when somebody presses. What was said of another value is never shown beside this one. */
export function useWhatIf(proposal: Proposal | null): Trial {
  const [press, setPress] = useState({ of: "", count: 0 });
  const of = proposal ? whatIsAsked(proposal) : "";
  const asked = proposal !== null && press.of === of;
  const remote = useRemote(`what if ${press.count} ${of}`, (signal) => readWhatIf(proposal as Proposal, signal), { enabled: asked });
  return { remote, asked, ask: () => setPress(({ count }) => ({ of, count: count + 1 })) };
}
