import type { Answer, Citation } from "./server";

export const SOURCE: Citation = {
  number: 1,
  document_id: "sop-vc-07",
  document: "SOP-VC-07",
  title: "Clear a jam",
  revision: "4",
  section: "Clear the jam",
  step: "2",
  page: "",
  quote: "Remove the jam by hand, never with a tool.",
  reviewed: true,
};

export function anAnswer(told: Partial<Answer>): Answer {
  return {
    answer_id: "ans-1",
    conversation_id: "con-1",
    question: "Why?",
    text: "The Vertical Conveyor stands [1].",
    asked_at: "2026-11-21T12:00:00Z",
    answered_at: "2026-11-21T12:00:02Z",
    model: "offline",
    router: "offline",
    release_id: "",
    replaced: "",
    known: true,
    stopped: false,
    citations: [SOURCE],
    facts: [],
    tools: [],
    choices: [],
    verdict: "",
    proposal: null,
    ...told,
  };
}
