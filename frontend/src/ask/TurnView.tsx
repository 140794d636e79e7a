import Button from "@cloudscape-design/components/button";
import { Feedback } from "../feedback/Feedback";
import { useStrings } from "../i18n/language";
import { useTimes } from "../i18n/times";
import { ProposalCard } from "../proposals/ProposalCard";
import { ReadAloud } from "../voice/ReadAloud";
import type { SpeakAloud } from "../voice/speaker";
import { AnswerText } from "./AnswerText";
import { spoken } from "./answerText";
import { Facts } from "./Facts";
import { Noted } from "./Noted";
import type { Answer, Citation } from "./server";
import { Steps } from "./Steps";
import { ASK } from "./strings";
import { textOf, type Turn } from "./turn";
import "../alarms/pieces.css";

export interface TurnActions {
  onAsk: (question: string) => void;
  onOpenSource: (citation: Citation) => void;
  speak: SpeakAloud | null;
  /** While one answer comes, no other question can be asked. */
  busy: boolean;
}

/** One question and what became of it. */
export function TurnView({ turn, actions }: { turn: Turn; actions: TurnActions }) {
  const say = useStrings(ASK);
  const times = useTimes();
  return (
    <article className="turn">
      <div className="turn-question">
        <span className="visually-hidden">{say.you}: </span>
        {turn.question}
        <time dateTime={turn.askedAt}>{times.clock(turn.askedAt)}</time>
      </div>
      <AnswerPart turn={turn} actions={actions} />
    </article>
  );
}

function AnswerPart({ turn, actions }: { turn: Turn; actions: TurnActions }) {
  const say = useStrings(ASK);
  const { answer } = turn;
  const text = textOf(turn);
  const unknown = answer !== null && !answer.known;
  return (
    <div className={`turn-answer ${unknown ? "turn-answer--unknown" : ""}`}>
      {(text || turn.status === "answering") && <p className="advice-mark">{unknown ? say.unknown : say.adviceNote}</p>}
      <Steps steps={turn.steps} running={turn.status === "answering"} />
      {answer?.replaced && <Replaced why={answer.replaced} />}
      {text && <AnswerText text={text} citations={answer?.citations ?? []} onOpenSource={actions.onOpenSource} />}
      <Ending turn={turn} actions={actions} />
      {answer && <Backing answer={answer} actions={actions} />}
    </div>
  );
}

/** The words were withheld; what stands here was put together from the evidence. */
function Replaced({ why }: { why: string }) {
  const say = useStrings(ASK);
  return (
    <div className="replaced">
      <Noted sign="status-warning">{say.replaced}</Noted>
      <small>{why}</small>
    </div>
  );
}

/** How a turn ended that did not end with an answer. */
function Ending({ turn, actions }: { turn: Turn; actions: TurnActions }) {
  const say = useStrings(ASK);
  if (turn.status === "stopped") {
    const until = turn.broke ? say.brokeKept : say.stopped;
    return <p className="turn-ending">{textOf(turn) ? until : say.stoppedNothing}</p>;
  }
  if (turn.status === "lost") {
    return (
      <p className="turn-ending" role="status">
        {say.lost} {say.questionKept}
      </p>
    );
  }
  if (turn.status !== "refused") return null;
  return (
    <div className="turn-ending" role="alert">
      <Noted sign="status-warning">
        {say.refused} {turn.detail || say.serverGone} {say.questionKept}
      </Noted>{" "}
      {turn.retry && (
        <Button variant="inline-link" disabled={actions.busy} onClick={() => actions.onAsk(turn.question)}>
          {say.askAgain}
        </Button>
      )}
    </div>
  );
}

/** What an answer rests on, who gave it, and what the person says of it. */
function Backing({ answer, actions }: { answer: Answer; actions: TurnActions }) {
  return (
    <>
      {answer.proposal && <ProposalCard proposal={answer.proposal} question={answer.question} />}
      <Choices answer={answer} actions={actions} />
      <Sources citations={answer.citations} onOpen={actions.onOpenSource} />
      <Facts facts={answer.facts} />
      <div className="turn-foot">
        <Feedback about="answer" aboutId={answer.answer_id} verdict={answer.verdict} />
        {actions.speak && answer.text && <ReadAloud text={spoken(answer.text)} speak={actions.speak} />}
        <Authors answer={answer} />
      </div>
    </>
  );
}

function Choices({ answer, actions }: { answer: Answer; actions: TurnActions }) {
  const say = useStrings(ASK);
  const choices = answer.choices ?? [];
  if (choices.length === 0) return null;
  return (
    <div className="choices" role="group" aria-label={say.choices}>
      <b>{say.choices}</b>
      {choices.map((machine) => (
        <Button
          key={machine}
          disabled={actions.busy}
          onClick={() => actions.onAsk(say.iMean(answer.question, machine))}
        >
          {machine}
        </Button>
      ))}
    </div>
  );
}

function Sources({ citations, onOpen }: { citations: readonly Citation[]; onOpen: (citation: Citation) => void }) {
  const say = useStrings(ASK);
  if (citations.length === 0) return null;
  return (
    <ol className="sources" aria-label={say.sources}>
      {citations.map((citation) => (
        <li key={citation.number} value={citation.number}>
          <button
            type="button"
            className="source-link"
            aria-label={say.openSource(citation.number, citation.title)}
            onClick={() => onOpen(citation)}
          >
            [{citation.number}] {citation.document}
          </button>{" "}
          <small>
            {[
              citation.revision && say.revision(citation.revision),
              citation.step && say.step(citation.step),
              citation.page && say.page(citation.page),
            ]
              .filter(Boolean)
              .join(", ")}
          </small>
          {!citation.reviewed && <span className="unreviewed-tag">{say.unreviewed}</span>}
        </li>
      ))}
    </ol>
  );
}

/** Which model wrote it and which chose the tools; on every answer. */
function Authors({ answer }: { answer: Answer }) {
  const say = useStrings(ASK);
  const times = useTimes();
  const names: Record<string, string> = { offline: say.offlineModel, evidence: say.evidenceModel };
  const nameOf = (model: string) => names[model] ?? model;
  return (
    <p className="authors">
      {say.answeredBy(nameOf(answer.model))}
      {answer.router && answer.router !== answer.model && `, ${say.routedBy(nameOf(answer.router))}`}
      {" · "}
      <time dateTime={answer.answered_at}>{times.second(answer.answered_at)}</time>
    </p>
  );
}
