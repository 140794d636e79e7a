import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Textarea from "@cloudscape-design/components/textarea";
import { type FormEvent, type KeyboardEvent, useState } from "react";
import { useDraft } from "../alarms/useDraft";
import type { Failure } from "../api/failure";
import { useStrings } from "../i18n/language";
import { useNumbers } from "../i18n/numbers";
import { NotDone } from "../shell/NotDone";
import { type Decision, type Fault, faultsOf, keyOf, LONGEST, proposalOf, type Review } from "./model";
import { REVIEWS } from "./strings";

type Word = Exclude<Decision["state"], undefined>;

interface Props {
  review: Review;
  pending: boolean;
  failure: Failure | null;
  /** True when it was kept. */
  onDecide: (decision: Decision) => Promise<boolean>;
}

/** The words that may be trained on, and yes or no. What is written stays until it is kept, a reload included. */
export function ReviewForm({ review, pending, failure, onDecide }: Props) {
  const say = useStrings(REVIEWS);
  const numbers = useNumbers();
  const proposal = proposalOf(review);
  const [question, setQuestion] = useWords(`question of ${keyOf(review)}`, proposal.question);
  const [answer, setAnswer] = useWords(`answer of ${keyOf(review)}`, proposal.answer);
  const [note, setNote] = useDraft(`note of ${keyOf(review)}`);
  const [tried, setTried] = useState<Word | null>(null);
  const decisionOf = (state: Word): Decision => {
    const words = state === "accepted" ? { question: question.trim(), answer: answer.trim() } : {};
    return { state, given_at: review.given_at, note: note.trim(), ...words };
  };
  const faults = tried ? faultsOf(decisionOf(tried)) : {};
  const decide = async (state: Word) => {
    setTried(state);
    const decision = decisionOf(state);
    if (Object.keys(faultsOf(decision)).length > 0 || !(await onDecide(decision))) return;
    setQuestion("");
    setAnswer("");
    setNote("");
  };
  const sentence = (field: keyof typeof LONGEST, missing: string) => sentenceOf(faults[field], missing, say.tooLong(numbers.value(LONGEST[field])));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void decide("accepted");
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (!pending) void decide("accepted");
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a short cut; the button does the same
    <form className="review-form" onSubmit={submit} onKeyDown={onKeyDown}>
      <h3>{say.decide}</h3>
      <FormField label={say.question} errorText={sentence("question", say.questionMissing)} stretch>
        <Textarea value={question} rows={2} onChange={({ detail }) => setQuestion(detail.value)} />
      </FormField>
      <FormField label={say.answer} description={say.answerHint} errorText={sentence("answer", say.answerMissing)} stretch>
        <Textarea value={answer} rows={5} onChange={({ detail }) => setAnswer(detail.value)} />
      </FormField>
      <FormField label={say.note} errorText={sentence("note", "")} stretch>
        <Input value={note} onChange={({ detail }) => setNote(detail.value)} />
      </FormField>
      <NotDone failure={failure} header={say.failed} gone={say.serverGone} />
      <div className="review-actions">
        <Button variant="primary" formAction="submit" loading={pending && tried === "accepted"} loadingText={say.acting} disabled={pending && tried !== "accepted"}>
          {say.accept}
        </Button>
        <Button formAction="none" loading={pending && tried === "rejected"} loadingText={say.acting} disabled={pending && tried !== "rejected"} onClick={() => void decide("rejected")}>
          {say.reject}
        </Button>
        <small className="muted">{say.keys}</small>
      </div>
    </form>
  );
}

function sentenceOf(fault: Fault | undefined, missing: string, tooLong: string): string {
  if (!fault) return "";
  return fault === "missing" ? missing : tooLong;
}

/** Text that begins as a proposal, and is kept for this tab as soon as it is another one. */
function useWords(name: string, proposed: string): [string, (text: string) => void] {
  const [draft, keep] = useDraft(name);
  const [text, setText] = useState(draft || proposed);
  const change = (next: string) => {
    setText(next);
    keep(next === proposed ? "" : next);
  };
  return [text, change];
}
