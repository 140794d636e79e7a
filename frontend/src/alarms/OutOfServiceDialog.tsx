import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { useStrings } from "../i18n/language";
import { faultOf, LONGEST_REASON } from "./actions";
import { ActionDialog, type DialogProps, useFault } from "./ActionDialog";
import { ALARMS } from "./strings";

/** Silent for maintenance, under a work order. */
export function OutOfServiceDialog({ title, doing, onClose }: DialogProps) {
  const say = useStrings(ALARMS);
  const [workOrder, setWorkOrder] = useState("");
  const fault = useFault(faultOf(workOrder, LONGEST_REASON), LONGEST_REASON);
  return (
    <ActionDialog
      header={say.outTitle(title)}
      explained={say.outExplained}
      doLabel={say.outDo}
      fault={fault}
      doing={doing}
      onClose={onClose}
      onDo={() => doing.run("out_of_service", { workOrder: workOrder.trim() })}
    >
      <FormField label={say.workOrder} errorText={fault.shown}>
        <Input value={workOrder} onChange={({ detail }) => setWorkOrder(detail.value)} autoFocus />
      </FormField>
    </ActionDialog>
  );
}
