import Button from "@cloudscape-design/components/button";
import { lazy, Suspense, useState } from "react";
import type { components } from "../api/schema";
import { LONGEST_WORDS, type Start } from "../commands/model";
import { useQuantity } from "../commands/quantity";
import { useStrings } from "../i18n/language";
import { useMay } from "../session/session";
import { PROPOSALS } from "./strings";
import { Told, useTold } from "./told";
import "./proposals.css";

const ProposeHere = lazy(() => import("./ProposeHere"));

export type WrittenDown = components["schemas"]["ProposalView"];

/** What the assistant wrote down at somebody's words. It is no command: the person opens it, looks at it and proposes. */
export function ProposalCard({ proposal, question }: { proposal: WrittenDown; question: string }) {
  const say = useStrings(PROPOSALS);
  const quantity = useQuantity();
  const [open, setOpen] = useState(false);
  const told = useTold();
  const { device, label, from_value: from, to_value: to, unit } = proposal;
  const change = from === null ? say.changeTo(quantity(to, unit)) : say.change(quantity(from, unit), quantity(to, unit));
  return (
    <section className="proposal-card" aria-label={say.card}>
      <p>
        <span className="proposal-mark">{say.card}:</span> <b>{say.pointOf(label, device)}</b> {change}
      </p>
      <Way proposal={proposal} onOpen={() => setOpen(true)} />
      <Told command={told.command} />
      {open && (
        <Suspense fallback={null}>
          <ProposeHere place={{ device, attribute: proposal.point }} alarmId="" start={startOf(proposal, say.asked(question))} onClose={() => setOpen(false)} onDone={told.tell} />
        </Suspense>
      )}
    </section>
  );
}

function Way({ proposal, onOpen }: { proposal: WrittenDown; onOpen: () => void }) {
  const say = useStrings(PROPOSALS);
  const may = useMay("operator");
  if (!proposal.point) return <p className="muted">{say.noPoint}</p>;
  if (!may) return <p className="muted">{say.onlyOperators}</p>;
  return <Button onClick={onOpen}>{say.look}</Button>;
}

function startOf({ to_value: value, channel }: WrittenDown, why: string): Start {
  return { value, channel, justification: why.slice(0, LONGEST_WORDS) };
}
