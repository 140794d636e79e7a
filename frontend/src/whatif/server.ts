import { answerOf, client } from "../api/client";
import type { components } from "../api/schema";
import type { Proposal } from "../commands/model";

export type WhatIf = components["schemas"]["WhatIfView"];
export type Outcome = components["schemas"]["OutcomeView"];

/** What a proposal would have done to the last hour, by a model; it takes seconds, and nothing is kept or sent. */
export function readWhatIf(proposal: Proposal, signal?: AbortSignal): Promise<WhatIf> {
  return answerOf(client.POST("/api/commands/what-if", { body: proposal, signal }));
}
