import Box from "@cloudscape-design/components/box";
import Button, { type ButtonProps } from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import { type Acting, useActing } from "../api/acting";
import { useReturnFocus } from "../documents/useReturnFocus";
import { useStrings } from "../i18n/language";
import { useTimes } from "../i18n/times";
import { useSession } from "../session/session";
import { WhatIf } from "../whatif/WhatIf";
import { Checks } from "./Checks";
import { askedAnew, checksForDeciding, type Command, hindranceOf, LONGEST_WORDS, type Point } from "./model";
import { useQuantity } from "./quantity";
import { Refusal } from "./Refusal";
import { RiskTag } from "./RiskTag";
import { decide } from "./server";
import { COMMANDS } from "./strings";
import { useCheck } from "./useCheck";
import { useFocusSoon } from "./useFocusSoon";
import { useNameOf } from "./useNameOf";

interface Props {
  /** As the person saw it when they opened this: they decide about that, and about nothing newer. */
  seen: Command;
  /** As the list has it now. */
  current: Command | undefined;
  point: Point | undefined;
  now: number;
  onCancel: () => void;
  onDone: (command: Command) => void;
  onFailed: () => void;
}

/** A person's yes or no. The focus is on the no, and Enter never says yes. */
export function DecideDialog({ seen, current, point, now, onCancel, onDone, onFailed }: Props) {
  const say = useStrings(COMMANDS);
  const nameOf = useNameOf();
  const acting = useActing();
  const [note, setNote] = useState("");
  useReturnFocus();
  const changed = current !== undefined && current.version !== seen.version;
  const tooLong = note.trim().length > LONGEST_WORDS;
  const give = async (approved: boolean) => {
    if (acting.pending || tooLong) return;
    const said = await acting.run(() => decide(seen, approved, note.trim()));
    if (said) onDone(said);
    else onFailed();
  };
  return (
    <Modal visible header={say.decideTitle(nameOf(seen))} closeAriaLabel={say.close} onDismiss={onCancel}>
      <SpaceBetween size="m">
        <WhatIsAsked command={seen} point={point} />
        {!changed && <ChecksNow command={seen} now={now} />}
        {!changed && <WhatIf proposal={askedAnew(seen, now)} />}
        {changed ? (
          <p className="told" role="status">
            {say.changed(current.label)}
          </p>
        ) : (
          <FormField label={say.note} description={say.noteHint} errorText={tooLong ? say.tooLong(LONGEST_WORDS) : ""}>
            <Textarea value={note} rows={2} onChange={({ detail }) => setNote(detail.value)} />
          </FormField>
        )}
        <Refusal failure={acting.failure} />
        {changed ? (
          <Button onClick={onCancel}>{say.close}</Button>
        ) : (
          <YesOrNo command={seen} point={point} acting={acting} onGive={(approved) => void give(approved)} onCancel={onCancel} />
        )}
      </SpaceBetween>
    </Modal>
  );
}

function WhatIsAsked({ command, point }: { command: Command; point: Point | undefined }) {
  const say = useStrings(COMMANDS);
  const quantity = useQuantity();
  const times = useTimes();
  const inForce = point?.value ?? null;
  const facts: [string, ReactNode][] = [
    [say.machine, command.device],
    [say.setPoint, command.attribute_label],
    [say.fromTo, <b key="change">{say.change(inForce === null ? say.unknown : quantity(inForce, command.unit), quantity(command.value, command.unit))}</b>],
    [say.risk, <RiskTag key="risk" risk={command.risk} />],
    [say.proposed, say.atBy(times.dayAndClock(command.proposed_at), command.proposed_by)],
    [say.reason, command.justification || "–"],
  ];
  return (
    <dl className="command-facts asked">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What the rules say of it at this moment; they are asked once more when it is approved. */
function ChecksNow({ command, now }: { command: Command; now: number }) {
  const say = useStrings(COMMANDS);
  const { data, failure } = useCheck(askedAnew(command, now));
  const checks = checksForDeciding(data?.checks ?? []);
  const failed = checks.filter(({ passed }) => !passed).length;
  if (!data) return <p className="muted">{failure ? say.checksFailed : say.checking}</p>;
  return (
    <section className="verdict">
      <h3>{say.checks}</h3>
      <p className={failed ? "says-refused" : ""}>{failed ? say.someFail(failed) : say.allHold}</p>
      <Checks checks={checks} />
    </section>
  );
}

interface YesOrNoProps {
  command: Command;
  point: Point | undefined;
  acting: Acting;
  onGive: (approved: boolean) => void;
  onCancel: () => void;
}

function YesOrNo({ command, point, acting, onGive, onCancel }: YesOrNoProps) {
  const say = useStrings(COMMANDS);
  const hindrance = hindranceOf(command, point, useSession());
  const no = useRef<ButtonProps.Ref>(null);
  useFocusSoon(no);
  const why = { own: say.hindrance_own, role: say.hindrance_role(point?.may_approve ?? ""), gone: say.hindrance_gone, viewer: say.onlyOperators };
  return (
    <div className="yes-or-no">
      <Box color="text-body-secondary">{hindrance ? why[hindrance] : say.approveHow}</Box>
      <div className="command-acts">
        <Button ref={no} variant="primary" loading={acting.pending} loadingText={say.acting} onClick={() => onGive(false)}>
          {say.reject}
        </Button>
        {!hindrance && (
          // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- it only keeps Enter from the button in it
          <span onKeyDownCapture={keepEnterAway}>
            <Button disabled={acting.pending} onClick={() => onGive(true)}>
              {say.approve}
            </Button>
          </span>
        )}
        <Button variant="link" onClick={onCancel}>
          {say.cancel}
        </Button>
      </div>
    </div>
  );
}

function keepEnterAway(event: KeyboardEvent): void {
  if (event.key !== "Enter") return;
  event.preventDefault();
  event.stopPropagation();
}
