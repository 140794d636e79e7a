import Header from "@cloudscape-design/components/header";
import LiveRegion from "@cloudscape-design/components/live-region";
import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { useNarrow } from "../alarms/useNarrow";
import { type Remote, useRemote } from "../api/remote";
import { SourcePanel } from "../documents/SourcePanel";
import { useStrings } from "../i18n/language";
import { useNumbers } from "../i18n/numbers";
import { useMay } from "../session/session";
import { Empty, RemoteView } from "../shell/RemoteView";
import { type Citation, keyOf, nextAfter, type Reviews, type State, stateOf } from "./model";
import { OneReview } from "./OneReview";
import { addressOfReview, Queue, StateChoice } from "./Queue";
import { readReviews } from "./server";
import { REVIEWS } from "./strings";
import "../alarms/pieces.css";
import "../ask/ask.css";
import "../releases/releases.css";
import "./reviews.css";

const EVERY_SECONDS = 15;

export default function ReviewsPage() {
  const say = useStrings(REVIEWS);
  return useMay("engineer") ? <Known /> : <Empty title={say.onlyEngineers} />;
}

function Known() {
  const say = useStrings(REVIEWS);
  const [query] = useSearchParams();
  const state = stateOf(query.get("state"));
  const remote = useRemote(`reviews ${state}`, (signal) => readReviews(state, signal), { everySeconds: EVERY_SECONDS });
  const notHere = remote.failure?.status === 404 && remote.data === undefined;
  return (
    <>
      <Header variant="h1" description={say.why}>
        {say.title}
      </Header>
      {notHere ? <Empty title={say.notHere}>{say.notHereWhy}</Empty> : <Listed key={state} state={state} remote={remote} />}
    </>
  );
}

function Listed({ state, remote }: { state: State; remote: Remote<Reviews> }) {
  const narrow = useNarrow();
  const [told, setTold] = useState("");
  const [source, setSource] = useState<Citation | null>(null);
  const queue = useQueue(state, remote.data, narrow);
  const goTo = (feedbackId: string, next: State = state) => {
    setSource(null);
    queue.goTo(feedbackId, next);
  };
  const done = (key: string, sentence: string) => {
    setTold(sentence);
    setSource(null);
    queue.passOver(key);
    remote.reload();
  };
  const alone = narrow && queue.opened;
  return (
    <div className="reviews">
      <LiveRegion>{told ? <p className="told">{told}</p> : null}</LiveRegion>
      {!alone && (
        <>
          <Progress counts={remote.data} />
          <StateChoice state={state} counts={remote.data} onChoose={(next) => goTo("", next)} />
        </>
      )}
      <RemoteView remote={remote}>
        {() => (
          <div className={columns(narrow, source !== null)}>
            {!alone && <Queue reviews={queue.reviews} state={state} selectedId={queue.shownId} />}
            {queue.shownId && (
              <OneReview
                key={`${state} ${queue.shownId}`}
                feedbackId={queue.shownId}
                listed={queue.reviews.find((one) => one.feedback_id === queue.shownId)}
                opened={queue.opened}
                onDone={done}
                onStale={remote.reload}
                onOpenSource={setSource}
                onBack={narrow ? () => goTo("") : undefined}
              />
            )}
            {source && <SourcePanel citation={source} over={narrow} onClose={() => setSource(null)} />}
          </div>
        )}
      </RemoteView>
    </div>
  );
}

/** Which verdicts are listed, and which one is looked at. */
function useQueue(state: State, known: Reviews | undefined, narrow: boolean) {
  const navigate = useNavigate();
  const [query] = useSearchParams();
  const [passed, setPassed] = useState<readonly string[]>([]);
  const [first, setFirst] = useState("");
  const named = query.get("review") ?? "";
  // One that was just decided about waits no more, though the list was read before.
  const reviews = (known?.reviews ?? []).filter((one) => state !== "pending" || !passed.includes(keyOf(one)));
  // Beside a list there is room for its first, and that one stays: a newer verdict must not push away what is being written.
  const newest = reviews[0]?.feedback_id ?? "";
  if (!first && newest) setFirst(newest);
  const shownId = named || (narrow ? "" : first);
  const goTo = (feedbackId: string, next: State) => {
    setFirst("");
    void navigate(addressOfReview(next, feedbackId));
  };
  const passOver = (key: string) => {
    if (state !== "pending") return;
    setPassed((was) => [...was, key]);
    goTo(nextAfter(reviews, shownId), state);
  };
  return { reviews, shownId, opened: named !== "", goTo, passOver };
}

function columns(narrow: boolean, withSource: boolean): string {
  if (narrow) return "";
  return withSource ? "reviews-columns reviews-columns--source" : "reviews-columns";
}

/** How far it is to a release that starts by itself; nothing where none does. */
function Progress({ counts }: { counts: Reviews | undefined }) {
  const say = useStrings(REVIEWS);
  const numbers = useNumbers();
  if (!counts || counts.needed <= 0) return null;
  const needed = numbers.value(counts.needed);
  const sentence = counts.accepted_since < counts.needed ? say.towards(numbers.value(counts.accepted_since), needed) : say.enough(needed);
  return <p className="progress-note">{sentence}</p>;
}
