import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { type FormEvent, useState } from "react";
import { useActing } from "../api/acting";
import { useStrings } from "../i18n/language";
import { NotDone } from "../shell/NotDone";
import { RemoteView } from "../shell/RemoteView";
import { useNow } from "../shell/screen";
import { Facts } from "./Facts";
import type { Camera } from "./model";
import { Picture } from "./Picture";
import { sendImage } from "./server";
import { INSPECTIONS } from "./strings";
import { useArriving } from "./useInspection";

const ARRIVES_SECONDS = 90;

interface Props {
  cameras: readonly Camera[];
  /** The machine that is looked at; "" for any. */
  device: string;
  onTaken: () => void;
}

/** An image from somebody's own hand, taken like a camera's, and what is seen on it. */
export function TryIt({ cameras, device, onTaken }: Props) {
  const say = useStrings(INSPECTIONS);
  const acting = useActing();
  const [machine, setMachine] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const [sent, setSent] = useState("");
  const at = machine || device || cameras[0]?.device || "";
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (!file || acting.pending) return;
    const imageId = await acting.run(() => sendImage(at, file, cameras.some(({ by_form }) => by_form)));
    setSent(imageId ?? "");
    if (imageId) onTaken();
  };
  return (
    <details className="try-it">
      <summary>{say.tryIt}</summary>
      <p className="muted">{say.tryWhy}</p>
      <form onSubmit={(event) => void send(event)}>
        <label className="form-choice">
          {say.device}
          <select value={at} onChange={(event) => setMachine(event.target.value)}>
            {[...new Set([...cameras.map((one) => one.device), at])].map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <label className="form-choice">
          {say.tryFile}
          <input type="file" accept="image/png,image/jpeg" onChange={(event) => setFile(event.target.files?.[0] ?? null)} />
        </label>
        <Button formAction="submit" disabled={!file} loading={acting.pending} loadingText={say.acting}>
          {say.trySend}
        </Button>
      </form>
      <NotDone failure={acting.failure} header={say.tryFailed} gone={say.serverGone} />
      {sent && <Result key={sent} imageId={sent} />}
    </details>
  );
}

function Result({ imageId }: { imageId: string }) {
  const say = useStrings(INSPECTIONS);
  const remote = useArriving(imageId);
  return (
    <section aria-label={say.tryResult} aria-live="polite">
      <RemoteView remote={remote} isEmpty={(inspection) => inspection === null} empty={<OnItsWay />}>
        {(inspection) => inspection && (
          <div className="one-image">
            <Picture inspection={inspection} />
            <Facts inspection={inspection} />
          </div>
        )}
      </RemoteView>
    </section>
  );
}

/** What never arrives was refused: the store where it went tells pages nothing. */
function OnItsWay() {
  const say = useStrings(INSPECTIONS);
  const [since] = useState(() => Date.now());
  const late = useNow(1_000) - since > ARRIVES_SECONDS * 1_000;
  return late ? <StatusIndicator type="warning">{say.tryLate}</StatusIndicator> : <StatusIndicator type="loading">{say.tryOnItsWay}</StatusIndicator>;
}
