import { useStrings } from "../i18n/language";
import { useNumbers } from "../i18n/numbers";
import { ImprovementDrawing } from "./ImprovementDrawing";
import type { Evaluated, Release } from "./model";
import { ReportLink } from "./ReportLink";
import { signedShare } from "./signed";
import { RELEASES } from "./strings";

/** How a release was judged against its base model, and by whom. */
export function Evaluation({ release }: { release: Release }) {
  const say = useStrings(RELEASES);
  const { evaluation } = release;
  return (
    <section>
      <h3>{say.evaluation}</h3>
      {evaluation ? <Found evaluated={evaluation} /> : <p>{say.evaluationNone}</p>}
      {release.has_report && <ReportLink releaseId={release.release_id} />}
    </section>
  );
}

function Found({ evaluated }: { evaluated: Evaluated }) {
  const say = useStrings(RELEASES);
  const { passed, questions, judges, unfit, reasons } = evaluated;
  return (
    <>
      <p>
        <b>{passed ? say.passed : say.notPassed}</b> <EvaluationSentence evaluated={evaluated} />
      </p>
      <ImprovementDrawing evaluated={evaluated} />
      {reasons.length > 0 && (
        <>
          <h4>{say.reasons}</h4>
          <ul>
            {reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </>
      )}
      <dl className="release-facts">
        <Fact name={say.questions} value={String(questions)} />
        <Fact name={say.judges} value={judges.join(", ") || "–"} />
        {unfit.length > 0 && <Fact name={say.unfit} value={`${unfit.join(", ")} (${say.unfitWhy})`} />}
      </dl>
    </>
  );
}

export function EvaluationSentence({ evaluated }: { evaluated: Evaluated }) {
  const say = useStrings(RELEASES);
  const numbers = useNumbers();
  const { improvement, low, high } = evaluated;
  const sentence = improvement < 0 ? say.worse : say.better;
  return <span>{sentence(numbers.share(Math.abs(improvement)), signedShare(low, numbers), signedShare(high, numbers))}</span>;
}

export function Fact({ name, value, long = false }: { name: string; value: string; long?: boolean }) {
  return (
    <div className={long ? "long" : undefined}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
