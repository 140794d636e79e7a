import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { ReactNode } from "react";
import { useStrings } from "../i18n/language";
import { useNumbers } from "../i18n/numbers";
import { useTimes } from "../i18n/times";
import { type Inspection, isPending, surenessOf } from "./model";
import { INSPECTIONS } from "./strings";
import { VerdictWord } from "./VerdictMark";

/** A confidence in whole per cent: more would say more than anybody knows. */
export function usePercent(): (share: number) => string {
  const numbers = useNumbers();
  return (share) => numbers.share(Math.round(share * 100) / 100);
}

/** What the inspector saw and how sure it is, what a person said of it, and where and when it was. */
export function Facts({ inspection }: { inspection: Inspection }) {
  const say = useStrings(INSPECTIONS);
  const times = useTimes();
  const { review } = inspection;
  const facts: [string, ReactNode][] = [
    [say.device, inspection.device],
    [say.taken, times.dayAndClock(inspection.taken_at)],
  ];
  return (
    <div className="facts">
      <Seen inspection={inspection} />
      {review && (
        <section>
          <h3>{say.reviewed}</h3>
          <p className="verdict-said">
            <VerdictWord verdict={review.verdict} />
          </p>
          <p>{say.reviewedBy(review.by, times.dayAndClock(review.at))}</p>
          {review.note && <p>{review.note}</p>}
        </section>
      )}
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function Seen({ inspection }: { inspection: Inspection }) {
  const say = useStrings(INSPECTIONS);
  const percent = usePercent();
  const { seen } = inspection;
  return (
    <section>
      <h3>{say.said}</h3>
      {isPending(inspection) && <StatusIndicator type="loading">{say.pending}</StatusIndicator>}
      {!seen && inspection.trouble && (
        <p>
          {say.nobodySaw}: {inspection.trouble}
        </p>
      )}
      {seen && (
        <>
          <p className="verdict-said">
            <VerdictWord verdict={seen.verdict} />
          </p>
          <p>
            {say.sureness(say[`sure_${surenessOf(seen.confidence)}`], percent(seen.confidence))}{" "}
            <span className="muted">{say.saidBy(seen.inspector === "offline" ? say.offline : seen.inspector)}</span>
          </p>
          {seen.reason && <p className="muted">{seen.reason}</p>}
          {seen.skipped.length > 0 && (
            <details>
              <summary>{say.skipped}</summary>
              <ul>
                {seen.skipped.map((why) => (
                  <li key={why}>{why}</li>
                ))}
              </ul>
            </details>
          )}
        </>
      )}
    </section>
  );
}
