import { useStrings } from "../i18n/language";
import { useNumbers } from "../i18n/numbers";
import { Noted } from "./Noted";
import { ASK } from "./strings";
import type { Step } from "./turn";

/** What the assistant looks at, as it goes; folded once the answer is there. */
export function Steps({ steps, running }: { steps: readonly Step[]; running: boolean }) {
  const say = useStrings(ASK);
  if (steps.length === 0) return running ? <Noted sign="running">{say.answering}</Noted> : null;
  if (running) return <StepList steps={steps} label={say.stepsRunning} />;
  return (
    <details className="steps-folded">
      <summary>{say.steps(steps.length)}</summary>
      <StepList steps={steps} label={say.steps(steps.length)} />
    </details>
  );
}

function StepList({ steps, label }: { steps: readonly Step[]; label: string }) {
  return (
    <ul className="tool-steps" aria-label={label}>
      {steps.map((step) => (
        <li key={step.callId}>
          <OneStep step={step} />
        </li>
      ))}
    </ul>
  );
}

function OneStep({ step: { title, ended } }: { step: Step }) {
  const say = useStrings(ASK);
  const numbers = useNumbers();
  if (!ended) return <Noted sign="running">{title}</Noted>;
  return (
    <>
      <Noted sign={ended.ok ? "check" : "status-warning"}>
        {title} {!ended.ok && `(${say.stepFailed})`}
      </Noted>
      <small>
        {ended.summary} · {say.stepSeconds(numbers.value(ended.seconds))}
      </small>
    </>
  );
}
