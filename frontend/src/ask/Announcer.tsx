import LiveRegion from "@cloudscape-design/components/live-region";
import type { Translated } from "../i18n/catalogue";
import { useStrings } from "../i18n/language";
import { spoken } from "./answerText";
import { ASK } from "./strings";
import { textOf, type Turn } from "./turn";

/** What a screen reader says: what is looked at, and the answer once it is whole; not every word as it comes. */
export function Announcer({ turns }: { turns: readonly Turn[] }) {
  const say = useStrings(ASK);
  const last = turns.at(-1);
  return <LiveRegion hidden>{last ? wordsOf(last, say) : ""}</LiveRegion>;
}

function wordsOf(turn: Turn, say: Translated<(typeof ASK)["en"]>): string {
  switch (turn.status) {
    case "answering":
      return turn.steps.findLast((step) => !step.ended)?.title ?? say.answering;
    case "done":
      return say.announceDone(spoken(textOf(turn)));
    case "stopped":
      return textOf(turn) ? say.stopped : say.stoppedNothing;
    // These two are drawn as a status and an alert of their own.
    case "lost":
    case "refused":
      return "";
  }
}
