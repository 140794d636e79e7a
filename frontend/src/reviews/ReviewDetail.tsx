import Button from "@cloudscape-design/components/button";
import { type ReactNode, useEffect, useRef } from "react";
import { Link } from "react-router";
import { AnswerText } from "../ask/AnswerText";
import { isReason } from "../feedback/Feedback";
import { FEEDBACK } from "../feedback/strings";
import { useStrings } from "../i18n/language";
import { useTimes } from "../i18n/times";
import { addressOfRelease } from "../releases/ReleaseList";
import { type Citation, citationsOf, opens, type Review } from "./model";
import { REVIEWS } from "./strings";
import { Thumb } from "./Thumb";

interface Props {
  review: Review;
  /** Whether a person opened it: the focus goes along. */
  opened: boolean;
  /** What happened to it while it was open. */
  notice: string;
  onOpenSource: (citation: Citation) => void;
  onBack?: () => void;
  children: ReactNode;
}

/** One verdict with what it was about, as it was said then; below it, what may be trained on. */
export function ReviewDetail({ review, opened, notice, onOpenSource, onBack, children }: Props) {
  const say = useStrings(REVIEWS);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!opened) return;
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: "nearest" });
  }, [review.feedback_id, opened]);
  const citations = citationsOf(review);
  return (
    <article className="review" aria-labelledby="review-title">
      {onBack && (
        <div>
          <Button iconName="arrow-left" variant="inline-link" onClick={onBack}>
            {say.back}
          </Button>
        </div>
      )}
      <h2 id="review-title" tabIndex={-1} ref={heading}>
        {aboutOf(review, say)}
      </h2>
      {notice && (
        <p className="told" role="status">
          {notice}
        </p>
      )}
      <Decided review={review} />
      <section>
        <h3>{say.asked}</h3>
        <p className="keeps-lines">{review.question}</p>
      </section>
      <section className="said-then">
        <h3>{say.answered}</h3>
        <AnswerText text={review.answer} citations={citations.filter(opens)} onOpenSource={onOpenSource} />
        <Sources citations={citations} onOpen={onOpenSource} />
        <FactsThen facts={review.facts} />
      </section>
      <Given review={review} />
      {children}
    </article>
  );
}

export function aboutOf(review: Review, say: { aboutAnswer: string; aboutAdvisory: (device: string) => string; aboutSomeAdvisory: string }): string {
  if (review.about === "answer") return say.aboutAnswer;
  return review.device ? say.aboutAdvisory(review.device) : say.aboutSomeAdvisory;
}

/** What an engineer made of it before. */
function Decided({ review }: { review: Review }) {
  const say = useStrings(REVIEWS);
  const times = useTimes();
  if (review.state === "pending" || !review.reviewed_at) return null;
  return (
    <p className="told">
      <b>{say[`decided_${review.state}`](review.reviewed_by, times.dayAndClock(review.reviewed_at))}</b>
      {review.note && ` · ${review.note}`}
    </p>
  );
}

function Sources({ citations, onOpen }: { citations: readonly Citation[]; onOpen: (citation: Citation) => void }) {
  const say = useStrings(REVIEWS);
  if (citations.length === 0) return null;
  return (
    <ol className="sources" aria-label={say.sources}>
      {citations.map((citation) => (
        <li key={citation.number} value={citation.number}>
          <Source citation={citation} onOpen={onOpen} />{" "}
          <small>
            {[
              citation.revision && say.revision(citation.revision),
              citation.step && say.step(citation.step),
              citation.page && say.page(citation.page),
            ]
              .filter(Boolean)
              .join(", ")}
          </small>
        </li>
      ))}
    </ol>
  );
}

function Source({ citation, onOpen }: { citation: Citation; onOpen: (citation: Citation) => void }) {
  const say = useStrings(REVIEWS);
  const name = `[${citation.number}] ${citation.document}`;
  if (!opens(citation)) return <span>{name}</span>;
  return (
    <button type="button" className="source-link" aria-label={say.openSource(citation.number, citation.title)} onClick={() => onOpen(citation)}>
      {name}
    </button>
  );
}

function FactsThen({ facts }: { facts: readonly string[] }) {
  const say = useStrings(REVIEWS);
  if (facts.length === 0) return null;
  return (
    <>
      <h4>{say.facts}</h4>
      <ul>
        {facts.map((fact, index) => (
          <li key={`${fact} ${index}`}>{fact}</li>
        ))}
      </ul>
    </>
  );
}

/** Who said what of it, when, and which model had written it. */
function Given({ review }: { review: Review }) {
  const say = useStrings(REVIEWS);
  const words = useStrings(FEEDBACK);
  const times = useTimes();
  const { reason, resolution, correction, release_id: release } = review;
  const facts: [string, ReactNode][] = [
    [say.verdict, <Thumb key="thumb" verdict={review.verdict} />],
    [say.given, say.byWhom(review.by, times.dayAndClock(review.given_at))],
    [say.model, review.model || "–"],
    [say.release, release ? <Link key="release" to={addressOfRelease(release)}>{release}</Link> : say.noRelease],
  ];
  if (isReason(reason)) facts.splice(1, 0, [say.reason, words[`reason_${reason}`]]);
  if (resolution) facts.splice(2, 0, [say.resolution, words[`resolution_${resolution}`]]);
  return (
    <dl className="release-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      {correction && (
        <div className="long">
          <dt>{say.correction}</dt>
          <dd className="keeps-lines">{correction}</dd>
        </div>
      )}
    </dl>
  );
}

