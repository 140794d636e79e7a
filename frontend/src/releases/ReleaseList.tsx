import { Link } from "react-router";
import { useStrings } from "../i18n/language";
import { useNumbers } from "../i18n/numbers";
import { useTimes } from "../i18n/times";
import type { Release } from "./model";
import { signedShare } from "./signed";
import { StatusMark } from "./StatusMark";
import { RELEASES } from "./strings";

interface Props {
  releases: readonly Release[];
  selectedId: string;
}

/** Where one release is. */
export function addressOfRelease(releaseId: string): string {
  return `/releases?release=${encodeURIComponent(releaseId)}`;
}

/** Every release, the newest first. */
export function ReleaseList({ releases, selectedId }: Props) {
  const say = useStrings(RELEASES);
  return (
    <ul className="release-list" aria-label={say.title}>
      {releases.map((release) => (
        <li key={release.release_id} className={release.release_id === selectedId ? "selected" : ""}>
          <Row release={release} selected={release.release_id === selectedId} />
        </li>
      ))}
    </ul>
  );
}

function Row({ release, selected }: { release: Release; selected: boolean }) {
  const say = useStrings(RELEASES);
  const numbers = useNumbers();
  const times = useTimes();
  const { release_id: id, status, alias, made_at: made, evaluation } = release;
  const told = [times.dayAndClock(made), evaluation && say.improvementShort(signedShare(evaluation.improvement, numbers))];
  return (
    <>
      <Link to={addressOfRelease(id)} aria-current={selected ? "true" : undefined}>
        {id}
      </Link>
      <span className="release-marks">
        <StatusMark status={status} />
        {alias === "previous" && <span className="alias-tag">{say.previous}</span>}
      </span>
      <small>{told.filter(Boolean).join(" · ")}</small>
    </>
  );
}
