import LiveRegion from "@cloudscape-design/components/live-region";
import { useStrings } from "../i18n/language";
import { spoken } from "./answerText";
import { ASK } from "./strings";
import type { Turn } from "./turn";

/** What a screen reader says: what is looked at, and the answer once it is whole; not every word as it comes. */
export function Announcer({ turns }: { turns: readonly Turn[] }) {
  const say = useStrings(ASK);
  const last = turns.at(-1);
  const running = last?.steps.findLast((step) => !step.ended);
  const words = {
    answering: running?.title ?? say.answering,
    done: say.announceDone(spoken(last?.answer?.text ?? "")),
    stopped: last?.streamed || last?.answer?.text ? say.stopped : say.stoppedNothing,
    // These two are drawn as a status and an alert of their own.
    lost: "",
    refused: "",
  };
  return <LiveRegion hidden>{last ? words[last.status] : ""}</LiveRegion>;
}
