import { type ReactNode } from "react";
import type { Remote } from "../api/remote";
import { Feedback } from "../feedback/Feedback";
import { useStrings } from "../i18n/language";
import { RemoteView } from "../shell/RemoteView";
import type { Advisory } from "./model";
import { ALARMS } from "./strings";

/** What people were told about an alarm; once that is over, they are asked whether it helped. Marked as advice: it must never look like a measurement. */
export function Advice({ remote, over }: { remote: Remote<Advisory | null>; over: boolean }) {
  const say = useStrings(ALARMS);
  return (
    <RemoteView remote={remote} isEmpty={(found) => found === null} empty={<p>{say.adviceNone}</p>}>
      {(found) => found && <AdviceText advisory={found} over={over} />}
    </RemoteView>
  );
}

function AdviceText({ advisory, over }: { advisory: Advisory; over: boolean }) {
  const say = useStrings(ALARMS);
  const rules = advisory.composed_by === "procedure";
  return (
    <div className="advice">
      <p className="advice-mark">{say.adviceNote}</p>
      <p className="advice-headline">{advisory.headline}</p>
      <Part title={say.whatHappened}>
        <p className="keeps-lines">{advisory.what_happened}</p>
      </Part>
      {advisory.check_first.length > 0 && (
        <Part title={say.checkFirst}>
          <ul>
            {advisory.check_first.map((check) => (
              <li key={check}>{check}</li>
            ))}
          </ul>
        </Part>
      )}
      <Part title={say.steps}>
        {advisory.steps.length > 0 ? <Steps steps={advisory.steps} /> : <p>{say.stepsNone}</p>}
      </Part>
      {advisory.compliance.length > 0 && (
        <Part title={say.compliance}>
          <ul>
            {advisory.compliance.map((rule) => (
              <li key={rule}>{rule}</li>
            ))}
          </ul>
        </Part>
      )}
      <p className="composed-by">{rules ? say.composedByProcedure : say.composedBy(advisory.composed_by)}</p>
      <WhyNot reasons={advisory.why_not} />
      <Feedback about="advisory" aboutId={advisory.advisory_id} verdict={advisory.verdict} resolution={advisory.resolution} closedOut={over} />
    </div>
  );
}

/** Why models that should have worded it did not: for whoever looks after them, so it is folded. */
function WhyNot({ reasons }: { reasons: readonly string[] }) {
  const say = useStrings(ALARMS);
  if (reasons.length === 0) return null;
  return (
    <details className="why-not">
      <summary>{say.whyNot(reasons.length)}</summary>
      <ul>
        {reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </details>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** The steps as the document has them, each with its own number and where it stands. */
function Steps({ steps }: { steps: Advisory["steps"] }) {
  const say = useStrings(ALARMS);
  return (
    <ol className="steps">
      {steps.map((step, index) => (
        <li key={`${step.document} ${step.section} ${step.number} ${index}`}>
          <blockquote>
            <span className="step-number">{step.number || index + 1}</span>
            <span>{step.text}</span>
          </blockquote>
          <cite>
            {say.stepOf(step.document, step.revision, step.number)}
            {step.section && ` · ${say.section(step.section)}`}
          </cite>
          {!step.reviewed && <span className="unreviewed">{say.unreviewed}</span>}
        </li>
      ))}
    </ol>
  );
}
