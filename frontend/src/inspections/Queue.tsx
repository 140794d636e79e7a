import Button from "@cloudscape-design/components/button";
import LiveRegion from "@cloudscape-design/components/live-region";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { useNarrow } from "../alarms/useNarrow";
import type { Remote } from "../api/remote";
import { useStrings } from "../i18n/language";
import { useNumbers } from "../i18n/numbers";
import { useMay } from "../session/session";
import { Empty, RemoteView } from "../shell/RemoteView";
import { withImage } from "./address";
import { Facts, usePercent } from "./Facts";
import type { Camera, Inspection, Outcome, Waiting } from "./model";
import { Picture } from "./Picture";
import { readImage } from "./server";
import { INSPECTIONS } from "./strings";
import { type QueueNow, useQueue } from "./useQueue";
import { useVerdictKeys } from "./useVerdictKeys";
import { useGiving, VerdictForm } from "./VerdictForm";

const KEYS_OFF = "lineside-verdict-keys-off";

interface Props {
  remote: Remote<Waiting>;
  cameras: readonly Camera[];
  /** Something stands over it: its keys do nothing. */
  covered: boolean;
}

/** What nobody is sure of, one image after the other, the oldest first. */
export function Queue({ remote, cameras, covered }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const queue = useQueue(remote.data);
  const [last, setLast] = useState<Outcome | null>(null);
  const goOn = () => {
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: "nearest" });
  };
  const done = (outcome: Outcome) => {
    setLast(outcome);
    queue.pass();
    remote.reload();
    goOn();
  };
  const putOff = () => {
    setLast(null);
    queue.putOff();
    goOn();
  };
  usePrefetch(queue.next);
  return (
    <section className="queue" aria-labelledby="queue-title">
      <h2 id="queue-title" tabIndex={-1} ref={heading}>
        <Title queue={queue} more={remote.data?.more ?? false} known={remote.data !== undefined} />
      </h2>
      <Told outcome={last} />
      <RemoteView remote={remote}>
        {() =>
          queue.shown ? (
            <OneToReview key={queue.shown.image_id} inspection={queue.shown} covered={covered} onDone={done} onLater={queue.next ? putOff : undefined} />
          ) : (
            <NothingWaits cameras={cameras} lookedAt={queue.lookedAt} />
          )
        }
      </RemoteView>
    </section>
  );
}

function Title({ queue, more, known }: { queue: QueueNow; more: boolean; known: boolean }) {
  const say = useStrings(INSPECTIONS);
  const numbers = useNumbers();
  if (!known || !queue.shown) return say.view_queue;
  const of = numbers.value(queue.of);
  return say.progress(numbers.value(queue.at), more ? say.orMore(of) : of);
}

/** The next image is in the browser's cache by the time that somebody gets to it. */
function usePrefetch(next: Inspection | undefined): void {
  const id = next?.has_image ? next.image_id : "";
  useEffect(() => {
    if (id) readImage(id).catch(() => undefined); // who gets there asks again, and is told
  }, [id]);
}

/** What became of the one before, and a way back to it. */
function Told({ outcome }: { outcome: Outcome | null }) {
  const say = useStrings(INSPECTIONS);
  const [query] = useSearchParams();
  const sentence = useSentenceOf(outcome);
  return (
    <div className={outcome ? "told" : ""}>
      <LiveRegion tagName="span">{sentence || null}</LiveRegion>{" "}
      {outcome && outcome.kind !== "gone" && <Link to={withImage(query, outcome.inspection.image_id)}>{say.lookAgain}</Link>}
    </div>
  );
}

export function useSentenceOf(outcome: Outcome | null): string {
  const say = useStrings(INSPECTIONS);
  if (!outcome) return "";
  if (outcome.kind === "gone") return say.gone;
  const verdict = outcome.inspection.review ? say[`verdict_${outcome.inspection.review.verdict}`] : "";
  return outcome.kind === "kept" ? say.kept(verdict) : say.faster(outcome.by, verdict);
}

interface OneProps {
  inspection: Inspection;
  covered: boolean;
  onDone: (outcome: Outcome) => void;
  /** Missing where there is no other. */
  onLater?: () => void;
}

function OneToReview({ inspection, covered, onDone, onLater }: OneProps) {
  const say = useStrings(INSPECTIONS);
  const mayReview = useMay("operator");
  const later = onLater && <Button onClick={onLater}>{mayReview ? say.skip : say.next}</Button>;
  return (
    <article className="one-image" aria-labelledby="queue-title">
      <Picture inspection={inspection} />
      <div className="beside-image">
        <Facts inspection={inspection} />
        {mayReview ? (
          <Deciding inspection={inspection} covered={covered} onDone={onDone}>
            {later}
          </Deciding>
        ) : (
          <>
            <p className="muted">{say.onlyOperators}</p>
            {later}
          </>
        )}
      </div>
    </article>
  );
}

function Deciding({ inspection, covered, onDone, children }: Omit<OneProps, "onLater"> & { children: ReactNode }) {
  const say = useStrings(INSPECTIONS);
  const giving = useGiving(inspection, onDone);
  const [keys, setKeys] = useState(() => localStorage.getItem(KEYS_OFF) === null);
  const hasKeys = !useNarrow();
  useVerdictKeys(keys && hasKeys && !covered, giving.give);
  const turn = (on: boolean) => {
    setKeys(on);
    if (on) localStorage.removeItem(KEYS_OFF);
    else localStorage.setItem(KEYS_OFF, "1");
  };
  return (
    <>
      <VerdictForm giving={giving} label={say.yours} keys={keys && hasKeys} />
      <div className="queue-acts">
        {children}
        {hasKeys && (
          <label className="tick" title={say.keysHint}>
            <input type="checkbox" checked={keys} onChange={(event) => turn(event.target.checked)} />
            {say.keys}
          </label>
        )}
      </div>
    </>
  );
}

/** Nothing to do; and when there will be something. */
function NothingWaits({ cameras, lookedAt }: { cameras: readonly Camera[]; lookedAt: number }) {
  const say = useStrings(INSPECTIONS);
  const numbers = useNumbers();
  const percent = usePercent();
  return (
    <Empty title={say.empty}>
      {lookedAt > 0 && <p>{say.lookedAt(numbers.value(lookedAt))}</p>}
      {cameras.length === 0 && <p>{say.comesHereNever}</p>}
      {cameras.map(({ line, device, confidence, audit_share }) => (
        <p key={`${line} ${device}`}>{say.comesHere(device, percent(confidence), numbers.share(audit_share))}</p>
      ))}
    </Empty>
  );
}
