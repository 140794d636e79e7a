import { useEffect, useRef } from "react";
import { useStrings } from "../i18n/language";
import { Empty, Failed, Loading } from "../shell/RemoteView";
import { ASK } from "./strings";
import type { Seen } from "./thread";
import { textOf } from "./turn";
import { type TurnActions, TurnView } from "./TurnView";

/** Who has scrolled so far away from the end reads something, and must not be moved. */
const FAR_PIXELS = 120;

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
      <div ref={end} className="turns-end" />
    </div>
  );
}

/** Keeps the end in sight while an answer comes, unless the reader has scrolled away from it. */
function useFollowedEnd({ turns }: Seen) {
  const end = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const last = turns.at(-1);
  const grown = last ? `${turns.length} ${textOf(last).length} ${last.steps.length} ${last.status}` : "";
  useEffect(() => {
    const look = () => (following.current = belowWindow(end.current) < FAR_PIXELS);
    globalThis.addEventListener("scroll", look, { passive: true });
    return () => globalThis.removeEventListener("scroll", look);
  }, []);
  useEffect(() => {
    following.current = true;
  }, [turns.length]);
  useEffect(() => {
    if (grown && following.current) end.current?.scrollIntoView({ block: "nearest" });
  }, [grown]);
  return end;
}

function belowWindow(element: HTMLElement | null): number {
  return (element?.getBoundingClientRect().top ?? 0) - globalThis.innerHeight;
}
