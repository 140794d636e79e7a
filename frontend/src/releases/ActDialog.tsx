import Box from "@cloudscape-design/components/box";
import Button, { type ButtonProps } from "@cloudscape-design/components/button";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { type FormEvent, type ReactNode, type RefObject, useEffect, useRef, useState } from "react";
import type { Acting } from "../api/acting";
import { useReturnFocus } from "../documents/useReturnFocus";
import { useStrings } from "../i18n/language";
import { NotDone } from "../shell/NotDone";
import { LONGEST_NOTE } from "./model";
import { RELEASES } from "./strings";

interface Props {
  header: string;
  doLabel: string;
  /** What is written beside the act; a reason must be there, a note may, and an act that keeps no words has none. */
  words: "note" | "reason" | "none";
  acting: Acting;
  onCancel: () => void;
  onDo: (words: string) => void;
  /** What it does, before the words. */
  children: ReactNode;
}

/** Says what an act does, and asks for the second click. The focus is on Cancel: Enter in haste changes nothing. */
export function ActDialog({ header, doLabel, words, acting, onCancel, onDo, children }: Props) {
  const say = useStrings(RELEASES);
  const cancel = useRef<ButtonProps.Ref>(null);
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const isReason = words === "reason";
  const tooLong = text.trim().length > LONGEST_NOTE;
  const missing = isReason && !text.trim();
  useReturnFocus();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!tooLong && !missing) onDo(text.trim());
  };
  return (
    <Modal visible header={header} closeAriaLabel={say.cancel} onDismiss={onCancel}>
      <FocusAtFirst on={cancel} />
      <form onSubmit={submit}>
        <Form
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button ref={cancel} formAction="none" variant="link" onClick={onCancel}>
                {say.cancel}
              </Button>
              <Button variant="primary" formAction="submit" loading={acting.pending} loadingText={say.acting}>
                {doLabel}
              </Button>
            </SpaceBetween>
          }
        >
          <SpaceBetween size="m">
            {children}
            {words !== "none" && <Words reason={isReason} text={text} tooLong={tooLong} missing={tried && missing} onText={setText} />}
            {acting.failure && <NotDone failure={acting.failure} header={say.failed} gone={say.serverGone} />}
          </SpaceBetween>
        </Form>
      </form>
    </Modal>
  );
}

interface WordsProps {
  reason: boolean;
  text: string;
  tooLong: boolean;
  missing: boolean;
  onText: (text: string) => void;
}

function Words({ reason, text, tooLong, missing, onText }: WordsProps) {
  const say = useStrings(RELEASES);
  return (
    <FormField
      label={reason ? say.reason : say.note}
      description={reason ? say.reasonHint : say.noteHint}
      errorText={(tooLong && say.tooLong(LONGEST_NOTE)) || (missing && say.reasonMissing) || ""}
    >
      <Textarea value={text} rows={2} ariaRequired={reason} onChange={({ detail }) => onText(detail.value)} />
    </FormField>
  );
}

/** The dialog itself takes the focus to its first button as it opens; this comes a moment later. */
function FocusAtFirst({ on }: { on: RefObject<ButtonProps.Ref | null> }) {
  useEffect(() => {
    const timer = setTimeout(() => on.current?.focus());
    return () => clearTimeout(timer);
  }, [on]);
  return null;
}

export function Effect({ children }: { children: ReactNode }) {
  return <Box color="text-body-secondary">{children}</Box>;
}
