/** The turns of one conversation: those that are stored, and those that only this tab knows of. */
import type { Answer, Conversation } from "./server";
import { past, proceed, type Turn, type TurnEvent } from "./turn";

/** Two clocks may disagree about when a question was asked; within this they speak of the same one. */
const CLOCK_SKEW_MS = 5 * 60_000;

export function update(turns: readonly Turn[], key: string, event: TurnEvent): Turn[] {
  return turns.map((turn) => (turn.key === key ? proceed(turn, event) : turn));
}

/**
 * What is stored, then what only this tab knows. A turn that broke or was stopped here and has been stored all the
 * same is the stored answer; one that another tab asked appears too.
 */
export function merge(stored: Conversation, mine: readonly Turn[]): Turn[] {
  const fresh = newTo(mine, stored.answers);
  const rest = mine.filter((turn) => !turn.answer && !fresh.some((answer) => isAnswerTo(turn, answer)));
  return [...stored.answers.map(past), ...rest];
}

/** The stored answer to a turn that broke or was stopped here, if there is one. */
export function storedAnswerTo(turn: Turn, stored: Conversation, mine: readonly Turn[]): Answer | undefined {
  return newTo(mine, stored.answers).find((answer) => isAnswerTo(turn, answer));
}

/** The same question may have been asked before: an answer that is known already belongs to that turn. */
function newTo(mine: readonly Turn[], answers: readonly Answer[]): Answer[] {
  const known = new Set(mine.map((turn) => turn.answer?.answer_id));
  return answers.filter((answer) => !known.has(answer.answer_id));
}

function isAnswerTo(turn: Turn, answer: Answer): boolean {
  if (turn.status === "answering" || turn.question.trim() !== answer.question.trim()) return false;
  return Math.abs(Date.parse(answer.asked_at) - Date.parse(turn.askedAt)) <= CLOCK_SKEW_MS;
}
