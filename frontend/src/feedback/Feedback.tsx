import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Textarea from "@cloudscape-design/components/textarea";
import ToggleButton from "@cloudscape-design/components/toggle-button";
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { answerOf, client } from "../api/client";
import { asFailure, type Failure } from "../api/failure";
import type { components } from "../api/schema";
import { useStrings } from "../i18n/language";
import { useMay } from "../session/session";
import { FEEDBACK } from "./strings";
import "./feedback.css";

type Given = components["schemas"]["GiveFeedback"];
type Reason = Exclude<NonNullable<Given["reason"]>, "">;

const REASONS: readonly Reason[] = ["wrong_cause", "wrong_step", "not_useful", "unsafe", "other"];
const LONGEST_CORRECTION = 2_000;

interface Props {
  about: Given["about"];
  aboutId: string;
  /** The verdict that was given before. */
  verdict?: "" | Given["verdict"];
}

/** Thumbs, and why. The verdict is stored at once; the reason and the correction replace it when they are sent. */
export function Feedback({ about, aboutId, verdict: before = "" }: Props) {
  const say = useStrings(FEEDBACK);
  const may = useMay("operator");
  const [verdict, setVerdict] = useState(before);
  const [asking, setAsking] = useState(false);
  const [thanks, setThanks] = useState("");
  const [failure, setFailure] = useState<Failure | null>(null);
  const store = async (given: Pick<Given, "verdict" | "reason" | "correction">, thanked: string) => {
    const was = verdict;
    setVerdict(given.verdict);
    setThanks("");
    setFailure(null);
    try {
      await answerOf(client.PUT("/api/feedback", { body: { about, about_id: aboutId, ...given } }));
      setThanks(thanked);
      return true;
    } catch (thrown) {
      setVerdict(was);
      setFailure(asFailure(thrown));
      return false;
    }
  };
  const press = (pressed: Given["verdict"]) => {
    setAsking(pressed === "down");
    void store({ verdict: pressed }, say.thanks);
  };
  const explain = async (reason: Given["reason"], correction: string) => {
    if (await store({ verdict: "down", reason, correction }, say.thanksReason)) setAsking(false);
  };
  const common = { disabled: !may, disabledReason: may ? undefined : say.viewer };
  return (
    <div className="feedback" role="group" aria-label={say.group}>
      <ToggleButton
        {...common}
        iconName="thumbs-up"
        pressedIconName="thumbs-up-filled"
        pressed={verdict === "up"}
        onChange={() => press("up")}
      >
        {say.up}
      </ToggleButton>
      <ToggleButton
        {...common}
        iconName="thumbs-down"
        pressedIconName="thumbs-down-filled"
        pressed={verdict === "down"}
        onChange={() => press("down")}
      >
        {say.down}
      </ToggleButton>
      <span role="status" className="feedback-thanks">
        {thanks}
      </span>
      {asking && <Why onSend={explain} onClose={() => setAsking(false)} />}
      {failure && (
        <p role="alert" className="feedback-failed">
          {say.failed} {failure.message}
        </p>
      )}
    </div>
  );
}

interface WhyProps {
  onSend: (reason: Given["reason"], correction: string) => Promise<void>;
  onClose: () => void;
}

function Why({ onSend, onClose }: WhyProps) {
  const say = useStrings(FEEDBACK);
  const name = useId();
  const [reason, setReason] = useState<Reason | "">("");
  const [correction, setCorrection] = useState("");
  const [sending, setSending] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    // In a block: newer browsers return a promise here, which React would take for the effect's cleanup.
    void form.current?.scrollIntoView({ block: "nearest" });
  }, []);
  const tooLong = correction.length > LONGEST_CORRECTION;
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (tooLong) return;
    setSending(true);
    await onSend(reason, correction.trim());
    setSending(false);
  };
  return (
    <form ref={form} className="feedback-why" onSubmit={(event) => void send(event)}>
      <fieldset>
        <legend>{say.why}</legend>
        {REASONS.map((one) => (
          <label key={one}>
            <input type="radio" name={name} value={one} checked={reason === one} onChange={() => setReason(one)} />{" "}
            {say[`reason_${one}`]}
          </label>
        ))}
      </fieldset>
      <FormField
        label={say.correction}
        description={say.correctionHint}
        errorText={tooLong ? say.tooLong(LONGEST_CORRECTION) : ""}
      >
        <Textarea value={correction} rows={2} onChange={({ detail }) => setCorrection(detail.value)} />
      </FormField>
      <div className="feedback-actions">
        <Button formAction="submit" loading={sending}>
          {say.send}
        </Button>
        <Button formAction="none" variant="link" onClick={onClose}>
          {say.close}
        </Button>
      </div>
    </form>
  );
}
