import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Form from "@cloudscape-design/components/form";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type FormEvent, type ReactNode, useState } from "react";
import { useReturnFocus } from "../documents/useReturnFocus";
import { useStrings } from "../i18n/language";
import { ActionFailure } from "./ActionFailure";
import type { Alarm } from "./model";
import { ALARMS } from "./strings";
import type { Doing } from "./useAction";

export interface DialogProps {
  alarm: Alarm;
  title: string;
  doing: Doing;
  onClose: () => void;
}

export interface Fault {
  is: boolean;
  /** Said only after the first try, so that nobody is scolded for an empty form. */
  shown: string;
  show: () => void;
  hide: () => void;
}

export function useFault(fault: "missing" | "too_long" | null, longest: number): Fault {
  const say = useStrings(ALARMS);
  const [tried, setTried] = useState(false);
  const sentence = { missing: say.faultMissing, too_long: say.faultTooLong(longest) };
  return {
    is: fault !== null,
    shown: fault && (tried || fault === "too_long") ? sentence[fault] : "",
    show: () => setTried(true),
    hide: () => setTried(false),
  };
}

interface Props {
  header: string;
  explained: string;
  doLabel: string;
  fault: Fault;
  doing: Doing;
  onClose: () => void;
  onDo: () => Promise<boolean>;
  children: ReactNode;
}

/** A form in a dialog. It closes when the server says that it is done; until then everything written stays. */
export function ActionDialog({ header, explained, doLabel, fault, doing, onClose, onDo, children }: Props) {
  const say = useStrings(ALARMS);
  useReturnFocus();
  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    fault.show();
    if (!fault.is && (await onDo())) onClose();
  };
  return (
    <Modal visible header={header} onDismiss={onClose} closeAriaLabel={say.cancel}>
      <form onSubmit={(event) => void submit(event)}>
        <Form
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button formAction="none" variant="link" onClick={onClose}>
                {say.cancel}
              </Button>
              <Button variant="primary" formAction="submit" loading={doing.pending !== null} loadingText={say.acting}>
                {doLabel}
              </Button>
            </SpaceBetween>
          }
        >
          <SpaceBetween size="m">
            <Box color="text-body-secondary">{explained}</Box>
            {children}
            {doing.failure && <ActionFailure failure={doing.failure} />}
          </SpaceBetween>
        </Form>
      </form>
    </Modal>
  );
}
