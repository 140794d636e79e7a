import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { type Acting, useActing } from "../api/acting";
import { useStrings } from "../i18n/language";
import { useNumbers } from "../i18n/numbers";
import { useSession } from "../session/session";
import { NotDone } from "../shell/NotDone";
import { type Inspection, LONGEST_NOTE, type Outcome, type Verdict, VERDICTS } from "./model";
import { review } from "./server";
import { INSPECTIONS } from "./strings";
import { VerdictMark } from "./VerdictMark";

export interface Giving {
  acting: Acting;
  note: string;
  setNote: (note: string) => void;
  give: (verdict: Verdict) => void;
}

/** A person's word on one image: one at a time, and done only once the server has it. */
export function useGiving(inspection: Inspection, onDone: (outcome: Outcome) => void): Giving {
  const acting = useActing();
  const me = useSession().name;
  const [note, setNote] = useState("");
  const give = async (verdict: Verdict) => {
    if (acting.pending || note.trim().length > LONGEST_NOTE) return;
    const outcome = await acting.run(() => review(inspection, verdict, note.trim(), me));
    if (!outcome) return;
    setNote("");
    onDone(outcome);
  };
  return { acting, note, setNote, give: (verdict) => void give(verdict) };
}

interface Props {
  giving: Giving;
  label: string;
  /** Whether the keys 1 to 5 do the same. */
  keys: boolean;
}

/** One button for each verdict, and a note for whoever learns from it. */
export function VerdictForm({ giving: { acting, note, setNote, give }, label, keys }: Props) {
  const say = useStrings(INSPECTIONS);
  const numbers = useNumbers();
  const tooLong = note.trim().length > LONGEST_NOTE;
  return (
    <div className="verdict-form">
      <FormField label={say.note} errorText={tooLong ? say.tooLong(numbers.value(LONGEST_NOTE)) : ""} stretch>
        <Input value={note} onChange={({ detail }) => setNote(detail.value)} />
      </FormField>
      <NotDone failure={acting.failure} header={say.failed} gone={say.serverGone} />
      <div className="verdict-buttons" role="group" aria-label={label}>
        {VERDICTS.map((verdict, index) => (
          <button key={verdict} type="button" aria-disabled={acting.pending} aria-keyshortcuts={keys ? String(index + 1) : undefined} onClick={() => give(verdict)}>
            <VerdictMark verdict={verdict} />
            {say[`verdict_${verdict}`]}
            {keys && <kbd aria-hidden="true">{index + 1}</kbd>}
          </button>
        ))}
      </div>
    </div>
  );
}
