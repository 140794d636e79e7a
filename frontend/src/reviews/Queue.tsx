import { Link } from "react-router";
import { useStrings } from "../i18n/language";
import { useTimes } from "../i18n/times";
import { Empty } from "../shell/RemoteView";
import { type Review, type Reviews, type State, STATES } from "./model";
import { aboutOf } from "./ReviewDetail";
import { REVIEWS } from "./strings";
import { Thumb } from "./Thumb";

/** Where one verdict is, among those of its state. */
export function addressOfReview(state: State, feedbackId = ""): string {
  const query = new URLSearchParams({ ...(state === "pending" ? {} : { state }), ...(feedbackId ? { review: feedbackId } : {}) });
  return `/reviews${query.size ? `?${query}` : ""}`;
}

/** Which verdicts are listed, and how many there are of each. */
export function StateChoice({ state, counts, onChoose }: { state: State; counts: Reviews | undefined; onChoose: (state: State) => void }) {
  const say = useStrings(REVIEWS);
  return (
    <div className="choice" role="group" aria-label={say.show}>
      {STATES.map((one) => (
        <button key={one} type="button" aria-pressed={one === state} onClick={() => onChoose(one)}>
          {say[`state_${one}`]} {counts && <b>{counts[one]}</b>}
        </button>
      ))}
    </div>
  );
}

/** The verdicts, the newest first. */
export function Queue({ reviews, state, selectedId }: { reviews: readonly Review[]; state: State; selectedId: string }) {
  const say = useStrings(REVIEWS);
  const times = useTimes();
  if (reviews.length === 0) return <Empty title={say[`none_${state}`]} />;
  return (
    <ul className="release-list" aria-label={say.queue}>
      {reviews.map((review) => {
        const selected = review.feedback_id === selectedId;
        return (
          <li key={review.feedback_id} className={selected ? "selected" : ""}>
            <Link to={addressOfReview(state, review.feedback_id)} aria-current={selected ? "true" : undefined}>
              {review.question}
            </Link>
            <Thumb verdict={review.verdict} />
            <small>
              {aboutOf(review, say)} · {say.byWhom(review.by, times.dayAndClock(review.given_at))}
            </small>
          </li>
        );
      })}
    </ul>
  );
}
