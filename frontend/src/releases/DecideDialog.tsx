import { useState } from "react";
import { useActing } from "../api/acting";
import { useStrings } from "../i18n/language";
import { useNumbers } from "../i18n/numbers";
import { ActDialog, Effect } from "./ActDialog";
import { EvaluationSentence } from "./Evaluation";
import { type Act, type Release, type Releases, SHARES, USUAL_SHARE } from "./model";
import { decide, promote } from "./server";
import { RELEASES } from "./strings";

interface Props {
  act: Act;
  release: Release;
  /** As the person saw them: where somebody else has switched since, the server does nothing and says so. */
  releases: Releases;
  onCancel: () => void;
  onDone: (told: string) => void;
  /** It was not done: what is on the screen may not be how things stand. */
  onFailed: () => void;
}

/** Approve, refuse, try on a share, promote: what it does, and a note for the record. */
export function DecideDialog({ act, release, releases, onCancel, onDone, onFailed }: Props) {
  const say = useStrings(RELEASES);
  const acting = useActing();
  const [share, setShare] = useState(USUAL_SHARE);
  const id = release.release_id;
  const send = async (note: string) => {
    const said = await acting.run<unknown>(() => sent(act, id, note, () => promote(id, act === "canary" ? share : 0, note, releases)));
    if (said) onDone(say[`did_${act}`](id));
    else onFailed();
  };
  return (
    <ActDialog
      header={say[`title_${act}`](id)}
      doLabel={say[`do_${act}`]}
      words="note"
      acting={acting}
      onCancel={onCancel}
      onDo={(note) => void send(note)}
    >
      <Effect>{say[`effect_${act}`]}</Effect>
      {act === "approve" && release.evaluation && <EvaluationSentence evaluated={release.evaluation} />}
      {act === "canary" && <ShareChoice share={share} onChoose={setShare} />}
    </ActDialog>
  );
}

function sent(act: Act, releaseId: string, note: string, letIn: () => Promise<unknown>): Promise<unknown> {
  return act === "approve" || act === "refuse" ? decide(releaseId, act === "approve", note) : letIn();
}

function ShareChoice({ share, onChoose }: { share: number; onChoose: (share: number) => void }) {
  const say = useStrings(RELEASES);
  const numbers = useNumbers();
  return (
    <label className="form-choice">
      {say.share}
      <select value={share} onChange={(event) => onChoose(Number(event.target.value))}>
        {SHARES.map((one) => (
          <option key={one} value={one}>
            {numbers.share(one)}
          </option>
        ))}
      </select>
    </label>
  );
}
