import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import { type RefObject, useEffect, useRef } from "react";
import { useStrings } from "../i18n/language";
import { useTimes } from "../i18n/times";
import { useSession } from "../session/session";
import { Canary } from "./Canary";
import { Evaluation, Fact } from "./Evaluation";
import { type Act, offersFor, type Release, type Releases } from "./model";
import { StatusMark } from "./StatusMark";
import { RELEASES } from "./strings";
import { AliasHistory } from "./Switches";

interface Props {
  release: Release;
  releases: Releases;
  /** Whether a person opened it: the focus goes along. One that the page chose by itself takes no focus. */
  opened: boolean;
  onAct: (act: Act) => void;
  onBack?: () => void;
}

/** One release: how it stands, what can be decided, how it was judged, what it is made of, and what it was. */
export function ReleaseDetail({ release, releases, opened, onAct, onBack }: Props) {
  const say = useStrings(RELEASES);
  const heading = useFocusOnOpening(release.release_id, opened);
  return (
    <article className="release" aria-labelledby="release-title">
      {onBack && (
        <div>
          <Button iconName="arrow-left" variant="inline-link" onClick={onBack}>
            {say.back}
          </Button>
        </div>
      )}
      <div className="release-head">
        <h2 id="release-title" tabIndex={-1} ref={heading}>
          {release.release_id}
        </h2>
        <StatusMark status={release.status} />
        {release.alias === "previous" && <span className="alias-tag">{say.previous}</span>}
      </div>
      {tellsMore(release) && <p className="release-reason">{release.reason}</p>}
      <Actions release={release} releases={releases} onAct={onAct} />
      <Evaluation release={release} />
      {release.canary && <Canary verdict={release.canary} />}
      <Facts release={release} />
      <AliasHistory releaseId={release.release_id} history={releases.history} />
      <Hyperparameters values={release.hyperparameters} />
    </article>
  );
}

function Actions({ release, releases, onAct }: Pick<Props, "release" | "releases" | "onAct">) {
  const say = useStrings(RELEASES);
  const { role } = useSession();
  const offers = offersFor(release, releases, role);
  if (offers.length === 0) return null;
  const hindrances = [...new Set(offers.map(({ hindrance }) => hindrance))].filter((one) => one !== null);
  return (
    <div role="group" aria-label={say.actions(release.release_id)}>
      <div className="release-actions">
        {offers.map(({ act, hindrance }) => (
          <Button
            key={act}
            disabled={hindrance !== null}
            disabledReason={hindrance ? say[`hindrance_${hindrance}`] : undefined}
            onClick={() => onAct(act)}
          >
            {say[`act_${act}`]}
          </Button>
        ))}
      </div>
      {hindrances.map((hindrance) => (
        <p key={hindrance} className="muted">
          {say[`hindrance_${hindrance}`]}
        </p>
      ))}
    </div>
  );
}

/** A gate's reason stands below already, with the others. */
function tellsMore({ reason, evaluation }: Release): boolean {
  return reason !== "" && !evaluation?.reasons.includes(reason);
}

function Facts({ release }: { release: Release }) {
  const say = useStrings(RELEASES);
  const times = useTimes();
  const refused = release.status === "refused";
  const nobody = refused ? say.theGate : say.notYet;
  const decidedBy = release.approved_at ? say.atBy(times.dayAndClock(release.approved_at), release.approver) : release.approver;
  return (
    <dl className="release-facts">
      <Fact name={say.baseModel} value={release.base_model} />
      <Fact name={say.made} value={times.dayAndClock(release.made_at)} />
      <Fact name={refused ? say.refusedBy : say.approvedBy} value={decidedBy || nobody} />
      <Fact name={say.code} value={release.code_version || "–"} />
      <Fact name={say.dataset} value={release.dataset_hash || "–"} long />
      <Fact name={say.model} value={release.model_id || "–"} long />
      <Fact name={say.artifact} value={release.artifact || "–"} long />
    </dl>
  );
}

function Hyperparameters({ values }: { values: Release["hyperparameters"] }) {
  const say = useStrings(RELEASES);
  const named = Object.entries(values);
  if (named.length === 0) return null;
  return (
    <ExpandableSection headerText={say.hyperparameters}>
      <dl className="release-facts">
        {named.map(([name, value]) => (
          <Fact key={name} name={name} value={value} />
        ))}
      </dl>
    </ExpandableSection>
  );
}

/** The heading gets the focus when somebody opens another release, so that keyboard and screen reader go along. */
function useFocusOnOpening(releaseId: string, opened: boolean): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!opened) return;
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: "nearest" });
  }, [releaseId, opened]);
  return heading;
}
