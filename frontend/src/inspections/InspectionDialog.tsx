import LiveRegion from "@cloudscape-design/components/live-region";
import Modal from "@cloudscape-design/components/modal";
import { useState } from "react";
import { useReturnFocus } from "../documents/useReturnFocus";
import { useStrings } from "../i18n/language";
import { useMay } from "../session/session";
import { RemoteView } from "../shell/RemoteView";
import { Facts } from "./Facts";
import type { Inspection, Outcome } from "./model";
import { Picture, useNameOfImage } from "./Picture";
import { useSentenceOf } from "./Queue";
import { INSPECTIONS } from "./strings";
import { useInspection } from "./useInspection";
import { useGiving, VerdictForm } from "./VerdictForm";

interface Props {
  imageId: string;
  onClose: () => void;
  /** A person has said something of it. */
  onSaid: () => void;
}

/** One image over the page: what was said of it and what is true; who may, says otherwise. */
export function InspectionDialog({ imageId, onClose, onSaid }: Props) {
  const say = useStrings(INSPECTIONS);
  const nameOf = useNameOfImage();
  const remote = useInspection(imageId);
  const mayReview = useMay("operator");
  const [last, setLast] = useState<Outcome | null>(null);
  const sentence = useSentenceOf(last);
  useReturnFocus();
  const done = (outcome: Outcome) => {
    setLast(outcome);
    remote.reload();
    onSaid();
  };
  return (
    <Modal visible size="large" header={remote.data ? nameOf(remote.data) : say.title} closeAriaLabel={say.close} onDismiss={onClose}>
      <RemoteView remote={remote}>
        {(inspection) => (
          <div className="one-image in-dialog">
            <Picture inspection={inspection} />
            <div className="beside-image">
              <Facts inspection={inspection} />
              <LiveRegion>{sentence ? <p className="told">{sentence}</p> : null}</LiveRegion>
              {mayReview && inspection.has_image && <SayOtherwise inspection={inspection} onDone={done} />}
            </div>
          </div>
        )}
      </RemoteView>
    </Modal>
  );
}

function SayOtherwise({ inspection, onDone }: { inspection: Inspection; onDone: (outcome: Outcome) => void }) {
  const say = useStrings(INSPECTIONS);
  const giving = useGiving(inspection, onDone);
  return <VerdictForm giving={giving} label={say.changeTo} keys={false} />;
}
