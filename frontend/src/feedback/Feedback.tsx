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
import { type Said, useSaid } from "./said";
import { FEEDBACK } from "./strings";
import "./feedback.css";

type Given = components["schemas"]["GiveFeedback"];
type Outcome = Exclude<NonNullable<Given["resolution"]>, "">;
type Reason = Exclude<NonNullable<Given["reason"]>, "">;

const REASONS: readonly Reason[] = ["wrong_cause", "wrong_step", "not_useful", "unsafe", "other"];
const OUTCOMES: readonly Outcome[] = ["fixed", "partly", "not_fixed"];
const LONGEST_CORRECTION = 2_000;

export function isReason(word: string): word is Reason {
  return REASONS.some((reason) => reason === word);
}

interface Props {
  about: Given["about"];
  aboutId: string;
  /** The verdict that was given before. */
  verdict?: "" | Given["verdict"];
  /** What was said to have come of it before. */
  resolution?: NonNullable<Given["resolution"]>;
  /** The alarm is over: it is also asked what came of it. */
  closedOut?: boolean;
}

/**
 * Thumbs, and why. The verdict is stored at once; the reason and the correction replace it when they are sent. What came
 * of it, said at close-out, is stored beside the thumb: the server keeps what is not said anew.
 */
export function Feedback({ about, aboutId, verdict: before = "", resolution: cameOfIt = "", closedOut = false }: Props) {
  const say = useStrings(FEEDBACK);
  const may = useMay("operator");
  const [said, setSaid] = useSaid(aboutId, { verdict: before, resolution: cameOfIt });
  const [asking, setAsking] = useState(false);
  const [thanks, setThanks] = useState("");
  const [failure, setFailure] = useState<Failure | null>(null);
  const { verdict, resolution } = said;
  const store = async (given: Omit<Given, "about" | "about_id">, thanked: string) => {
    setSaid({ verdict: given.verdict, resolution: given.resolution ?? resolution });
    setThanks("");
    setFailure(null);
    try {
      await answerOf(client.PUT("/api/feedback", { body: { about, about_id: aboutId, ...given } }));
      setThanks(thanked);
      return true;
    } catch (thrown) {
      setSaid(said);
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
  const closeOut = async (outcome: Outcome) => {
    const thumb = verdict || thumbOf(outcome);
    if ((await store({ verdict: thumb, resolution: outcome }, say.thanksOutcome)) && !verdict) setAsking(thumb === "down");
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
      {closedOut && <CloseOut resolution={resolution} may={may} onChoose={(outcome) => void closeOut(outcome)} />}
      {asking && <Why onSend={explain} onClose={() => setAsking(false)} />}
      {failure && (
        <p role="alert" className="feedback-failed">
          {say.failed} {failure.message}
        </p>
      )}
    </div>
  );
}

/** A verdict needs a thumb. Who gave none has said as much by what came of it. */
function thumbOf(outcome: Outcome): Given["verdict"] {
  return outcome === "not_fixed" ? "down" : "up";
}

interface CloseOutProps {
  resolution: Said["resolution"];
  may: boolean;
  onChoose: (outcome: Outcome) => void;
}

/** Once the alarm is over: did what was advised help? */
function CloseOut({ resolution, may, onChoose }: CloseOutProps) {
  const say = useStrings(FEEDBACK);
  return (
    <div className="close-out" role="group" aria-label={say.outcome}>
      <span aria-hidden="true">{say.outcome}</span>
      {OUTCOMES.map((one) => (
        <ToggleButton
          key={one}
          pressed={resolution === one}
          disabled={!may}
          disabledReason={may ? undefined : say.viewer}
          onChange={() => onChoose(one)}
        >
          {say[`resolution_${one}`]}
        </ToggleButton>
      ))}
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
