import "./handover.css";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { type Shift, useHandover } from "../api/line";
import type { Handover } from "../api/types";
import { useStrings } from "../i18n/language";
import { useNumbers } from "../i18n/numbers";
import { useTimes } from "../i18n/times";
import { useLive } from "../shell/live";
import { RemoteView } from "../shell/RemoteView";
import { SHELL } from "../shell/strings";
import { HandoverSheet, type Words } from "./HandoverSheet";
import { HANDOVER } from "./strings";

export default function HandoverPage() {
  const { line } = useLive();
  const [shift, setShift] = useState<Shift | null>(null);
  const handover = useHandover(line, shift);
  const words = useWords();
  const { say } = words;
  return (
    <>
      <div className="handover-bar">
        <ShiftChoice shifts={handover.data?.shifts} chosen={shift} onChoose={setShift} words={words} />
        <Button disabled={!handover.data} onClick={() => globalThis.print()}>
          {say.print}
        </Button>
      </div>
      <RemoteView remote={handover}>{(known) => <HandoverSheet handover={known} words={words} madeAt={handover.readAt ?? 0} />}</RemoteView>
    </>
  );
}

export function useWords(): Words {
  const say = useStrings(HANDOVER);
  const shell = useStrings(SHELL);
  const times = useTimes();
  const numbers = useNumbers();
  return { say, shell, times, numbers };
}

interface ChoiceProps {
  shifts: Handover["shifts"] | undefined;
  chosen: Shift | null;
  onChoose: (shift: Shift | null) => void;
  words: Words;
}

/** The newest shift is the running one, whose end is not reached yet: it is asked for by name, not by its window. */
function ShiftChoice({ shifts, chosen, onChoose, words }: ChoiceProps) {
  const [kept, setKept] = useState(shifts);
  if (shifts && shifts !== kept) setKept(shifts);
  const { say, times } = words;
  const before = (kept ?? []).slice(1);
  const pick = (since: string) => onChoose(before.find((one) => one.since === since) ?? null);
  return (
    <label>
      {say.chooseShift}{" "}
      <select value={chosen?.since ?? ""} onChange={(event) => pick(event.target.value)}>
        <option value="">{say.current}</option>
        {before.map((one) => (
          <option key={one.since} value={one.since}>
            {one.name}, {times.dayAndClock(one.since)}
          </option>
        ))}
      </select>
    </label>
  );
}
