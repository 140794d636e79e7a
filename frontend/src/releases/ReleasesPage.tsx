import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import LiveRegion from "@cloudscape-design/components/live-region";
import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { useNarrow } from "../alarms/useNarrow";
import { useRemote } from "../api/remote";
import { useStrings } from "../i18n/language";
import { useMay } from "../session/session";
import { Empty, RemoteView } from "../shell/RemoteView";
import { Answering } from "./Answering";
import { DecideDialog } from "./DecideDialog";
import { type Act, firstOf, type Release, type Releases, rollBackOf } from "./model";
import { ReleaseDetail } from "./ReleaseDetail";
import { ReleaseList } from "./ReleaseList";
import { RollBackDialog } from "./RollBackDialog";
import { readRelease, readReleases } from "./server";
import { RELEASES } from "./strings";
import { Switches } from "./Switches";
import "./releases.css";

const EVERY_SECONDS = 15;

export default function ReleasesPage() {
  const say = useStrings(RELEASES);
  return useMay("engineer") ? <Known /> : <Empty title={say.onlyEngineers} />;
}

function Known() {
  const say = useStrings(RELEASES);
  const remote = useRemote("releases", readReleases, { everySeconds: EVERY_SECONDS });
  const notHere = remote.failure?.status === 404 && remote.data === undefined;
  return (
    <>
      <Header variant="h1" description={say.why}>
        {say.title}
      </Header>
      {notHere ? (
        <Empty title={say.notHere}>{say.notHereWhy}</Empty>
      ) : (
        <RemoteView remote={remote} isEmpty={(all) => all.releases.length === 0} empty={<Empty title={say.none}>{say.noneWhy}</Empty>}>
          {(all) => <Everything releases={all} onChanged={remote.reload} />}
        </RemoteView>
      )}
    </>
  );
}

/** What somebody is about to do; nothing is done before the second click. */
type Intent = { seen: Releases } & ({ act: "roll_back" } | { act: Act; release: Release });

function Everything({ releases, onChanged }: { releases: Releases; onChanged: () => void }) {
  const [intent, setIntent] = useState<Intent | null>(null);
  const [told, setTold] = useState("");
  const place = usePlace(releases);
  const begin = (next: Intent) => {
    setTold("");
    setIntent(next);
  };
  const done = (sentence: string) => {
    setIntent(null);
    setTold(sentence);
    onChanged();
  };
  return (
    <div className="releases">
      {!place.alone && <Answering releases={releases} onRollBack={() => begin({ act: "roll_back", seen: releases })} />}
      <LiveRegion>{told ? <p className="told">{told}</p> : null}</LiveRegion>
      <ListAndDetail place={place} releases={releases} onAct={(act, release) => begin({ act, release, seen: releases })} />
      <Asked intent={intent} onCancel={() => setIntent(null)} onDone={done} onFailed={onChanged} />
    </div>
  );
}

interface Place {
  shownId: string;
  /** A person opened it; the page chose none by itself. */
  opened: boolean;
  /** On a phone one release has the page for itself. */
  alone: boolean;
  narrow: boolean;
}

function usePlace(releases: Releases): Place {
  const narrow = useNarrow();
  const [query] = useSearchParams();
  const named = query.get("release") ?? "";
  const shownId = named || (narrow ? "" : firstOf(releases.releases));
  return { shownId, opened: named !== "", alone: narrow && named !== "", narrow };
}

interface PartProps {
  place: Place;
  releases: Releases;
  onAct: (act: Act, release: Release) => void;
}

function ListAndDetail(props: PartProps) {
  const { shownId, alone, narrow } = props.place;
  const { releases } = props;
  const detail = shownId && <OneRelease key={shownId} {...props} />;
  if (alone) return detail;
  return (
    <>
      <div className={narrow ? "" : "releases-columns"}>
        <ReleaseList releases={releases.releases} selectedId={shownId} />
        {detail}
      </div>
      <EverySwitch releases={releases} />
    </>
  );
}

function EverySwitch({ releases }: { releases: Releases }) {
  const say = useStrings(RELEASES);
  if (releases.history.length === 0) return null;
  return (
    <ExpandableSection headerText={say.switches}>
      <Switches history={releases.history} />
    </ExpandableSection>
  );
}

/** One of the list; one that is too old for it is read by itself: a link to it must open. */
function OneRelease({ place, releases, onAct }: PartProps) {
  const navigate = useNavigate();
  const { shownId, opened, alone } = place;
  const listed = releases.releases.find((one) => one.release_id === shownId);
  const read = useRemote(`release ${shownId}`, (signal) => readRelease(shownId, signal), { enabled: !listed });
  const remote = listed ? { ...read, data: listed, failure: undefined, loading: false } : read;
  return (
    <RemoteView remote={remote}>
      {(release) => (
        <ReleaseDetail
          release={release}
          releases={releases}
          opened={opened}
          onAct={(act) => onAct(act, release)}
          onBack={alone ? () => void navigate("/releases") : undefined}
        />
      )}
    </RemoteView>
  );
}

interface AskedProps {
  intent: Intent | null;
  onCancel: () => void;
  onDone: (told: string) => void;
  onFailed: () => void;
}

function Asked({ intent, ...dialog }: AskedProps) {
  if (!intent) return null;
  const { seen } = intent;
  if (intent.act !== "roll_back") return <DecideDialog act={intent.act} release={intent.release} releases={seen} {...dialog} />;
  const plan = rollBackOf(seen);
  return plan && <RollBackDialog releases={seen} plan={plan} {...dialog} />;
}
