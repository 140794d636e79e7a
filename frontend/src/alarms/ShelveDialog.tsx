import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { useStrings } from "../i18n/language";
import { useNumbers } from "../i18n/numbers";
import { SHELL } from "../shell/strings";
import { faultOf, LONGEST_REASON, LONGEST_SHELF_MINUTES, shelfPresets } from "./actions";
import { ActionDialog, type DialogProps, useFault } from "./ActionDialog";
import { ALARMS } from "./strings";

/** Silence for a while: a reason and a time, both of which the next shift reads. */
export function ShelveDialog({ alarm, title, doing, onClose }: DialogProps) {
  const say = useStrings(ALARMS);
  const words = useStrings(SHELL);
  const numbers = useNumbers();
  const [reason, setReason] = useState("");
  const presets = shelfPresets(alarm.severity);
  const [minutes, setMinutes] = useState(presets[0] ?? 15);
  const fault = useFault(faultOf(reason, LONGEST_REASON), LONGEST_REASON);
  const inWords = (count: number) => numbers.duration(count * 60);
  const optionOf = (count: number) => ({ value: String(count), label: inWords(count) });
  return (
    <ActionDialog
      header={say.shelveTitle(title)}
      explained={say.shelveExplained}
      doLabel={say.shelveDo}
      fault={fault}
      doing={doing}
      onClose={onClose}
      onDo={() => doing.run("shelve", { reason: reason.trim(), minutes })}
    >
      <FormField label={say.shelveReason} description={say.shelveReasonHint} errorText={fault.shown}>
        <Textarea value={reason} onChange={({ detail }) => setReason(detail.value)} rows={2} autoFocus />
      </FormField>
      <FormField
        label={say.shelveFor}
        constraintText={say.shelveLongest(words[alarm.severity], inWords(LONGEST_SHELF_MINUTES[alarm.severity]))}
      >
        <Select
          selectedOption={optionOf(minutes)}
          options={presets.map(optionOf)}
          onChange={({ detail }) => setMinutes(Number(detail.selectedOption.value))}
        />
      </FormField>
    </ActionDialog>
  );
}
