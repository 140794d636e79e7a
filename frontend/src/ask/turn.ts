/** One question and its answer while it comes, as a state machine over the events of the stream. */
import type { Answer, ChatEvent, Tool } from "./server";

export type TurnStatus = "answering" | "done" | "stopped" | "lost" | "refused";

export interface Step {
  callId: string;
  tool: string;
  title: string;
  /** null while it runs. */
  ended: Tool | null;
}

export interface Turn {
  key: string;
  question: string;
  askedAt: string;
  status: TurnStatus;
  /** What has been streamed so far; the text of the answer takes its place. */
  streamed: string;
  steps: Step[];
  answer: Answer | null;
  /** Why there is no answer, in a sentence. */
  detail: string;
  /** Whether asking again may help. */
  retry: boolean;
  /** The connection broke while the answer came, whatever became of it later. */
  broke: boolean;
}

export type TurnEvent =
  | ChatEvent
  | { event: "stopped" }
  | { event: "lost" }
  | { event: "refused"; detail: string; retry: boolean }
  | { event: "recovered"; data: Answer };

export function begin(key: string, question: string, askedAt: string): Turn {
  return {
    key,
    question,
    askedAt,
    status: "answering",
    streamed: "",
    steps: [],
    answer: null,
    detail: "",
    retry: false,
    broke: false,
  };
}

/** An answer that was given earlier. */
export function past(answer: Answer): Turn {
  const turn = begin(answer.answer_id, answer.question, answer.asked_at);
  return { ...turn, status: answer.stopped ? "stopped" : "done", answer, steps: answer.tools.map(endedStep) };
}

export function proceed(turn: Turn, event: TurnEvent): Turn {
  if (event.event === "recovered") return answered(turn, event.data);
  if (turn.status !== "answering") return turn;
  switch (event.event) {
    case "tool_started": {
      const { call_id: callId, tool, title } = event.data;
      return { ...turn, steps: [...turn.steps, { callId, tool, title, ended: null }] };
    }
    case "tool_ended":
      return { ...turn, steps: withEnded(turn.steps, event.data) };
    case "token":
      return { ...turn, streamed: turn.streamed + event.data.text };
    case "done":
      return answered(turn, event.data);
    case "problem":
      return { ...turn, status: "refused", ...event.data };
    case "stopped":
      return { ...turn, status: "stopped" };
    case "lost":
      return { ...turn, status: "lost", retry: true, broke: true };
    case "refused":
      return { ...turn, status: "refused", detail: event.detail, retry: event.retry };
  }
}

/** What stands on the screen as the assistant's words. */
export function textOf(turn: Turn): string {
  return turn.answer ? turn.answer.text : turn.streamed;
}

/** Whether the question has to go back into the box: nobody has answered it, and nobody chose that. */
export function isUnanswered(turn: Turn): boolean {
  return turn.answer === null && (turn.status === "lost" || turn.status === "refused");
}

function answered(turn: Turn, answer: Answer): Turn {
  const steps = answer.tools.length > 0 ? answer.tools.map(endedStep) : turn.steps;
  return { ...turn, status: answer.stopped ? "stopped" : "done", answer, steps, detail: "", retry: false };
}

function withEnded(steps: Step[], ended: Tool): Step[] {
  const known = steps.some((step) => step.callId === ended.call_id);
  if (!known) return [...steps, endedStep(ended)];
  return steps.map((step) => (step.callId === ended.call_id ? { ...step, ended } : step));
}

function endedStep(ended: Tool): Step {
  return { callId: ended.call_id, tool: ended.tool, title: ended.title, ended };
}
