import { useEffect, useRef } from "react";
import { useStrings } from "../i18n/language";
import { Empty, Failed, Loading } from "../shell/RemoteView";
import { ASK } from "./strings";
import type { Seen } from "./thread";
import { textOf } from "./turn";
import { type TurnActions, TurnView } from "./TurnView";

/** So close to the end, the page goes along with what is added. */
const NEAR_END_PIXELS = 160;

interface Props {
  seen: Seen;
  actions: TurnActions;
  onReload: () => void;
}

export function Turns({ seen, actions, onReload }: Props) {
  const say = useStrings(ASK);
  const end = useFollowedEnd(seen);
  if (seen.loading) return <Loading />;
  if (seen.failure && seen.turns.length === 0) {
    const sentence = seen.failure.status === 404 ? say.notFound : seen.failure.message;
    return <Failed sentence={sentence} onRetry={onReload} />;
  }
  return (
    <div className="turns">
      {seen.turns.length === 0 && <Empty title={say.empty}>{say.emptyWhy}</Empty>}
      {seen.turns.map((turn) => (
        <TurnView key={turn.key} turn={turn} actions={actions} />
      ))}
      <div ref={end} />
    </div>
  );
}

/** Keeps the end in sight while an answer comes, unless the reader has scrolled away from it. */
function useFollowedEnd({ turns }: Seen) {
  const end = useRef<HTMLDivElement>(null);
  const count = turns.length;
  const last = turns.at(-1);
  const grown = last ? textOf(last).length + last.steps.length : 0;
  useEffect(() => {
    if (count > 0) end.current?.scrollIntoView({ block: "center" });
  }, [count]);
  useEffect(() => {
    const below = (end.current?.getBoundingClientRect().top ?? 0) - globalThis.innerHeight;
    if (grown > 0 && below > -NEAR_END_PIXELS && below < NEAR_END_PIXELS)
      end.current?.scrollIntoView({ block: "center" });
  }, [grown]);
  return end;
}
