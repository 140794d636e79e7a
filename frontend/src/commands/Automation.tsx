import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useActing } from "../api/acting";
import { useRemote } from "../api/remote";
import { useStrings } from "../i18n/language";
import { ActDialog, Effect } from "../releases/ActDialog";
import { useMay } from "../session/session";
import { readAutomation, stopAutomation } from "./server";
import { COMMANDS } from "./strings";

const EVERY_SECONDS = 10;

/** The stop-all switch: a reason and a second click. Any operator stops, an engineer starts again. */
export function Automation({ onTold }: { onTold: (sentence: string) => void }) {
  const say = useStrings(COMMANDS);
  const remote = useRemote("automation", readAutomation, { everySeconds: EVERY_SECONDS });
  const [asking, setAsking] = useState<"stop" | "start" | null>(null);
  const stopped = remote.data?.stopped;
  const done = (sentence: string) => {
    setAsking(null);
    onTold(sentence);
    remote.reload();
  };
  return (
    <section className={`automation ${stopped ? "stopped" : ""}`} aria-label={say.automation}>
      <p>
        <b>{say.automation}</b> <span>{stopped === undefined ? say.automationUnknown : stopped ? say.automationOff : say.automationOn}</span>
      </p>
      <Switch stopped={stopped} onAsk={setAsking} />
      {asking && <SwitchDialog key={asking} act={asking} onCancel={() => setAsking(null)} onDone={done} onFailed={remote.reload} />}
    </section>
  );
}

/** Stopping stays possible where it is not known how it stands. */
function Switch({ stopped, onAsk }: { stopped: boolean | undefined; onAsk: (act: "stop" | "start") => void }) {
  const say = useStrings(COMMANDS);
  const mayStop = useMay("operator");
  const mayStart = useMay("engineer");
  if (!mayStop) return null;
  if (!stopped) return <Button onClick={() => onAsk("stop")}>{say.stop}</Button>;
  return mayStart ? <Button onClick={() => onAsk("start")}>{say.start}</Button> : <p className="muted">{say.startNeeds}</p>;
}

interface DialogProps {
  act: "stop" | "start";
  onCancel: () => void;
  onDone: (sentence: string) => void;
  onFailed: () => void;
}

function SwitchDialog({ act, onCancel, onDone, onFailed }: DialogProps) {
  const say = useStrings(COMMANDS);
  const acting = useActing();
  const words = {
    stop: { header: say.stopTitle, doLabel: say.doStop, effect: say.stopEffect, did: say.didStop },
    start: { header: say.startTitle, doLabel: say.doStart, effect: say.startEffect, did: say.didStart },
  }[act];
  const send = async (reason: string) => {
    if (await acting.run(() => stopAutomation(act === "stop", reason))) onDone(words.did);
    else onFailed();
  };
  return (
    <ActDialog header={words.header} doLabel={words.doLabel} words="reason" acting={acting} onCancel={onCancel} onDo={(reason) => void send(reason)}>
      <Effect>{words.effect}</Effect>
    </ActDialog>
  );
}
