import { Link, useNavigate } from "react-router";
import { useRemote } from "../api/remote";
import { useStrings } from "../i18n/language";
import { useTimes } from "../i18n/times";
import { useMay } from "../session/session";
import { Empty, RemoteView } from "../shell/RemoteView";
import { addressOfWanted, HOURS, KINDS, type Kind, type Wanted } from "./address";
import { usePercent } from "./Facts";
import { ImageList } from "./ImageList";
import type { Camera, Inspection } from "./model";
import { MOST_LISTED, readRecent } from "./server";
import { INSPECTIONS } from "./strings";
import { TryIt } from "./TryIt";
import { VerdictWord } from "./VerdictMark";

const EVERY_SECONDS = 15;

interface Props {
  wanted: Wanted;
  cameras: readonly Camera[];
  onOpen: (imageId: string) => void;
}

/** The images of a machine and a time with their verdicts, the newest first. */
export function Recent({ wanted, cameras, onOpen }: Props) {
  const say = useStrings(INSPECTIONS);
  const mayAct = useMay("operator");
  const remote = useRemote(`images ${JSON.stringify(wanted)}`, (signal) => readRecent(wanted, signal), { everySeconds: EVERY_SECONDS });
  return (
    <div className="recent">
      <Filter wanted={wanted} cameras={cameras} />
      <RemoteView remote={remote} isEmpty={(images) => images.length === 0} empty={<Empty title={say.recentNone} />}>
        {(images) => <Listed key={JSON.stringify(wanted)} images={images} onOpen={onOpen} />}
      </RemoteView>
      {mayAct && cameras.length > 0 && <TryIt cameras={cameras} device={wanted.device} onTaken={remote.reload} />}
    </div>
  );
}

function Filter({ wanted, cameras }: { wanted: Wanted; cameras: readonly Camera[] }) {
  const say = useStrings(INSPECTIONS);
  const times = useTimes();
  const navigate = useNavigate();
  const want = (change: Partial<Wanted>) => void navigate(addressOfWanted({ ...wanted, ...change }));
  const devices = [...new Set([...cameras.map(({ device }) => device), ...(wanted.device ? [wanted.device] : [])])];
  return (
    <fieldset className="image-filter" aria-label={say.filter}>
      <label className="form-choice">
        {say.filterDevice}
        <select value={wanted.device} onChange={(event) => want({ device: event.target.value })}>
          <option value="">{say.anyDevice}</option>
          {devices.map((device) => (
            <option key={device}>{device}</option>
          ))}
        </select>
      </label>
      <label className="form-choice">
        {say.verdict}
        <select value={wanted.kind} onChange={(event) => want({ kind: event.target.value as Kind })}>
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {kind === "all" || kind === "defects" ? say[`kind_${kind}`] : say[`verdict_${kind}`]}
            </option>
          ))}
        </select>
      </label>
      <label className="form-choice">
        {say.filterTime}
        <select value={wanted.hours} onChange={(event) => want({ hours: Number(event.target.value) })}>
          {HOURS.map((hours) => (
            <option key={hours} value={hours}>
              {wanted.from ? say.hoursFrom(hours) : say.lastHours(hours)}
            </option>
          ))}
        </select>
      </label>
      {wanted.from && (
        <p>
          {say.from(times.dayAndClock(wanted.from))} <Link to={addressOfWanted({ ...wanted, from: "" })}>{say.newest}</Link>
        </p>
      )}
    </fieldset>
  );
}

function Listed({ images, onOpen }: { images: readonly Inspection[]; onOpen: (imageId: string) => void }) {
  const say = useStrings(INSPECTIONS);
  return (
    <>
      <p className="muted">{images.length < MOST_LISTED ? say.recentCount(images.length) : say.recentMost(images.length)}</p>
      <ImageList name={say.recent} images={images} onOpen={onOpen}>
        {(image) => <Caption image={image} />}
      </ImageList>
    </>
  );
}

function Caption({ image }: { image: Inspection }) {
  const say = useStrings(INSPECTIONS);
  const times = useTimes();
  const percent = usePercent();
  const { verdict, seen, review, queued } = image;
  return (
    <>
      {verdict ? <VerdictWord verdict={verdict} /> : <span>{say.notSeen}</span>}
      <small>
        {times.dayAndClock(image.taken_at)}
        {seen && !review && <> · {percent(seen.confidence)}</>}
        {review && <> · {review.by}</>}
        {queued && <> · {say.waits}</>}
      </small>
    </>
  );
}
