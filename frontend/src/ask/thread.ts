/**
 * A conversation as it goes on, outside of any page: an answer comes on while the person looks at the line, and a
 * question that failed is not lost with the page.
 */
import { backoffSeconds } from "../api/remote";
import { asFailure, type Failure, wasAborted } from "../api/failure";
import { merge, storedAnswerTo, update } from "./conversation";
import type { ChatEvent, Conversation, ConversationSummary, Question } from "./server";
import { begin, isUnanswered, type Turn, type TurnEvent } from "./turn";

export interface ChatServer {
  ask: (question: Question, signal: AbortSignal) => AsyncIterable<ChatEvent>;
  conversation: (id: string) => Promise<Conversation>;
  conversations: () => Promise<ConversationSummary[]>;
}

export interface Seen {
  /** "" until the server has named it. */
  id: string;
  turns: readonly Turn[];
  answering: boolean;
  loading: boolean;
  /** Why the stored turns cannot be read. */
  failure: Failure | null;
}

export type About = Pick<Question, "line" | "alarm_id" | "language" | "spoken">;

const TRIES_TO_RECOVER = 6;

export class Thread {
  private seen: Seen;
  private readonly listeners = new Set<() => void>();
  private controller: AbortController | null = null;
  private asked = 0;
  private retired = false;

  constructor(
    id: string,
    private readonly server: ChatServer,
    private readonly pause: (seconds: number) => Promise<void> = later,
  ) {
    this.seen = { id, turns: [], answering: false, loading: id !== "", failure: null };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): Seen => this.seen;

  /** Reads what is stored; what only this tab knows stays. */
  async load(): Promise<void> {
    if (!this.seen.id || this.seen.answering) return;
    try {
      const stored = await this.server.conversation(this.seen.id);
      // A question that was asked while this was read has to stay where it is.
      if (!this.seen.answering) this.change({ turns: merge(stored, this.seen.turns), loading: false, failure: null });
    } catch (thrown) {
      if (!wasAborted(thrown)) this.change({ loading: false, failure: asFailure(thrown) });
    }
  }

  /** Asks, and follows the answer to its end. True when it was answered, or stopped on purpose. */
  async ask(question: string, about: About, now: Date): Promise<boolean> {
    if (this.seen.answering) return false;
    this.asked += 1;
    const key = `asked ${this.asked}`;
    this.controller = new AbortController();
    this.change({
      turns: [...withoutFailed(this.seen.turns), begin(key, question, now.toISOString())],
      answering: true,
    });
    await this.follow(key, { question, conversation_id: this.seen.id, ...about }, this.controller.signal);
    this.controller = null;
    this.change({ answering: false });
    const turn = this.seen.turns.find((one) => one.key === key);
    if (turn && !turn.answer && turn.status !== "refused") void this.recover(key);
    return !turn || !isUnanswered(turn);
  }

  /** Ends the answer here and on the server. What was said so far stays. */
  stop(): void {
    this.controller?.abort();
  }

  /** Nobody looks at it any more. */
  retire(): void {
    this.retired = true;
    this.stop();
  }

  private async follow(key: string, question: Question, signal: AbortSignal): Promise<void> {
    try {
      for await (const event of this.server.ask(question, signal)) {
        this.tell(key, event);
        if (event.event === "done" || event.event === "problem") return;
      }
      this.tell(key, signal.aborted ? { event: "stopped" } : { event: "lost" });
    } catch (thrown) {
      this.tell(key, signal.aborted || wasAborted(thrown) ? { event: "stopped" } : this.endOf(key, asFailure(thrown)));
    }
  }

  /** A question that never reached the server was refused; an answer that broke off is lost, for now. */
  private endOf(key: string, failure: Failure): TurnEvent {
    const turn = this.seen.turns.find((one) => one.key === key);
    const begun = turn !== undefined && (turn.streamed !== "" || turn.steps.length > 0);
    if (begun && failure.status === 0) return { event: "lost" };
    // Nobody answered: there is no sentence of the server's, and the interface has its own.
    return { event: "refused", detail: failure.status === 0 ? "" : failure.message, retry: failure.passing };
  }

  private tell(key: string, event: TurnEvent): void {
    const id = event.event === "done" || event.event === "recovered" ? event.data.conversation_id : this.seen.id;
    this.change({ id, turns: update(this.seen.turns, key, event) });
  }

  /** Looks whether the server kept the answer all the same; it may be away for a while. */
  private async recover(key: string): Promise<void> {
    for (let attempt = 1; attempt <= TRIES_TO_RECOVER && !this.retired; attempt += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one try after the other, on purpose
      if (await this.recovered(key)) return;
      // oxlint-disable-next-line no-await-in-loop
      await this.pause(backoffSeconds(attempt));
    }
  }

  private async recovered(key: string): Promise<boolean> {
    const turn = this.seen.turns.find((one) => one.key === key);
    if (!turn || turn.answer) return true;
    try {
      const stored = await this.storedConversation(turn);
      const answer = stored && storedAnswerTo(turn, stored, this.seen.turns);
      if (answer) this.tell(key, { event: "recovered", data: answer });
      return answer !== undefined && answer !== null;
    } catch {
      // Still away: the next try decides.
      return false;
    }
  }

  /** A new conversation has no name yet where its first answer broke off: it is then the newest one. */
  private async storedConversation(turn: Turn): Promise<Conversation | null> {
    if (this.seen.id) return this.server.conversation(this.seen.id);
    const [newest] = await this.server.conversations();
    if (!newest || newest.answers !== 1) return null;
    const stored = await this.server.conversation(newest.conversation_id);
    return stored.answers[0]?.question.trim() === turn.question.trim() ? stored : null;
  }

  private change(part: Partial<Seen>): void {
    this.seen = { ...this.seen, ...part };
    for (const listener of this.listeners) listener();
  }
}

/** A turn that nobody answered makes room when the question is asked again. */
function withoutFailed(turns: readonly Turn[]): Turn[] {
  return turns.filter((turn) => !isUnanswered(turn) || turn.streamed !== "");
}

function later(seconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, seconds * 1_000));
}
