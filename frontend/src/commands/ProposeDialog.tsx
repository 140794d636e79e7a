import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { type FormEvent, type RefObject, useRef, useState } from "react";
import { useActing } from "../api/acting";
import { useReturnFocus } from "../documents/useReturnFocus";
import { useStrings } from "../i18n/language";
import { useNumbers } from "../i18n/numbers";
import { WhatIf } from "../whatif/WhatIf";
import { BY_HAND, type Command, EXPIRIES, faultOf, LONGEST_WORDS, newCommandId, numberOf, type Point, type Proposal, type Start, USUAL_EXPIRY } from "./model";
import { unitOf, useQuantity } from "./quantity";
import { Refusal } from "./Refusal";
import { propose } from "./server";
import { COMMANDS } from "./strings";
import { useCheck } from "./useCheck";
import { useFocusSoon } from "./useFocusSoon";
import { Verdict } from "./Verdict";
import "./commands.css";

interface Props {
  /** As it stands now: the value in force goes on while somebody types. */
  point: Point;
  alarmId: string;
  /** What stands in it before anybody types: a person may change all of it but the way it came. */
  start?: Start;
  onCancel: () => void;
  onDone: (command: Command) => void;
  /** It may or may not have been heard: what is on the screen may not be how things stand. */
  onFailed: () => void;
}

/** A new value, why, and what the rules say of it before anything is sent. One dialog is one command, however often it is sent. */
export function ProposeDialog({ point, alarmId, start = BY_HAND, onCancel, onDone, onFailed }: Props) {
  const say = useStrings(COMMANDS);
  const quantity = useQuantity();
  const acting = useActing();
  const [commandId] = useState(newCommandId);
  const [text, setText] = useState(() => (start.value === null ? "" : quantity(start.value, "")));
  const [why, setWhy] = useState(start.justification);
  const { channel } = start;
  const [expiry, setExpiry] = useState(USUAL_EXPIRY);
  const [tried, setTried] = useState(false);
  useReturnFocus();
  const fault = faultOf(text, point);
  const tooLong = why.trim().length > LONGEST_WORDS;
  const value = fault ? null : numberOf(text);
  const proposal: Proposal | null =
    value === null
      ? null
      : { command_id: commandId, device: point.device, attribute: point.attribute, value, unit: point.unit, expires_in_seconds: expiry, alarm_id: alarmId, justification: why.trim(), channel };
  const verdict = useCheck(proposal);
  const refused = proposal !== null && verdict.data?.decision === "refused";
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!proposal || tooLong || refused || acting.pending) return;
    const said = await acting.run(() => propose(proposal));
    if (said) onDone(said);
    else onFailed();
  };
  return (
    <Modal visible header={say.proposeTitle(point.label, point.device)} closeAriaLabel={say.cancel} onDismiss={onCancel}>
      <form onSubmit={(event) => void submit(event)}>
        <Form
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button formAction="none" variant="link" onClick={onCancel}>
                {say.cancel}
              </Button>
              <Button variant="primary" formAction="submit" loading={acting.pending} loadingText={say.acting} disabled={refused} disabledReason={refused ? say.refused : undefined}>
                {say.doPropose}
              </Button>
            </SpaceBetween>
          }
        >
          <SpaceBetween size="m">
            <Box color="text-body-secondary">
              {channel !== "console" && `${channel === "voice" ? say.cameByVoice : say.cameByAgent} `}
              {say[`effect_${channel === "console" || point.risk === "high" ? point.risk : "medium"}`]}
            </Box>
            <NewValue point={point} text={text} tried={tried} onText={setText} />
            <FormField label={say.justification} description={say.justificationHint} errorText={tooLong ? say.tooLong(LONGEST_WORDS) : ""}>
              <Textarea value={why} rows={2} onChange={({ detail }) => setWhy(detail.value)} />
            </FormField>
            <Expiry seconds={expiry} onChoose={setExpiry} />
            <Verdict remote={verdict} asked={proposal !== null} />
            <WhatIf proposal={proposal} />
            <Refusal failure={acting.failure} />
          </SpaceBetween>
        </Form>
      </form>
    </Modal>
  );
}

interface ValueProps {
  point: Point;
  text: string;
  tried: boolean;
  onText: (text: string) => void;
}

/** Limits, step and the value in force stand beside it. No number field: a turn of the wheel would change the value. */
function NewValue({ point, text, tried, onText }: ValueProps) {
  const say = useStrings(COMMANDS);
  const quantity = useQuantity();
  const box = useRef<InputProps.Ref>(null);
  const { min, max, max_step: step, unit, value } = point;
  const range = say.range(quantity(min, ""), quantity(max, unit));
  const fault = faultOf(text, point);
  const faults = { missing: say.fault_missing, no_number: say.fault_no_number, below: say.fault_below(quantity(min, unit)), above: say.fault_above(quantity(max, unit)) };
  const isShown = fault !== null && (tried || fault === "below" || fault === "above");
  return (
    <FormField
      label={say.newValue(unitOf(unit))}
      description={say.now(value === null ? say.unknown : quantity(value, unit))}
      constraintText={step === null ? say.limits(range) : say.limitsAndStep(range, say.step(quantity(step, unit)))}
      errorText={isShown ? faults[fault] : ""}
    >
      <FocusSoon on={box} />
      <Input ref={box} value={text} inputMode="decimal" autoComplete={false} ariaRequired onChange={({ detail }) => onText(detail.value)} />
    </FormField>
  );
}

function FocusSoon({ on }: { on: RefObject<{ focus: () => void } | null> }) {
  useFocusSoon(on);
  return null;
}

function Expiry({ seconds, onChoose }: { seconds: number; onChoose: (seconds: number) => void }) {
  const say = useStrings(COMMANDS);
  const numbers = useNumbers();
  return (
    <label className="form-choice">
      {say.expiry}
      <select value={seconds} onChange={(event) => onChoose(Number(event.target.value))}>
        {EXPIRIES.map((one) => (
          <option key={one} value={one}>
            {numbers.duration(one)}
          </option>
        ))}
      </select>
    </label>
  );
}
