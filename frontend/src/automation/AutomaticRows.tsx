import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useActing } from "../api/acting";
import { asSentence } from "../api/failure";
import { type Remote, useRemote } from "../api/remote";
import { reaches } from "../commands/model";
import { useQuantity } from "../commands/quantity";
import { useStrings } from "../i18n/language";
import { useTimes } from "../i18n/times";
import { ActDialog, Effect } from "../releases/ActDialog";
import { useSession } from "../session/session";
import { RemoteView } from "../shell/RemoteView";
import { SHELL } from "../shell/strings";
import { type AutomaticRow, type AutomaticView, readAutomatic, resetAutomatic } from "./server";
import { AUTOMATION } from "./strings";
import "./automation.css";

const EVERY_SECONDS = 10;

/** What Lineside may do by itself. A row that has stopped says why, and acts again only once a person has reset it. */
export function AutomaticRows({ onTold }: { onTold: (sentence: string) => void }) {
  const say = useStrings(AUTOMATION);
  const remote = useRemote("automatic rows", readAutomatic, { everySeconds: EVERY_SECONDS });
  return (
    <section className="automatic-rows" aria-labelledby="automatic-title">
      <h2 id="automatic-title">{say.title}</h2>
      <RemoteView remote={remote} isEmpty={({ rows }) => rows.length === 0} empty={<p className="muted">{say.none}</p>}>
        {({ rows }) => <Rows rows={rows} remote={remote} onTold={onTold} />}
      </RemoteView>
    </section>
  );
}

function Rows({ rows, remote, onTold }: { rows: readonly AutomaticRow[]; remote: Remote<AutomaticView>; onTold: (sentence: string) => void }) {
  const say = useStrings(AUTOMATION);
  const [asking, setAsking] = useState<AutomaticRow | null>(null);
  const done = (row: AutomaticRow) => {
    setAsking(null);
    onTold(say.didReset(say.pointOf(row.label, row.device)));
    remote.reload();
  };
  return (
    <>
      <ul aria-label={say.title}>
        {rows.map((row) => (
          <OneRow key={`${row.line} ${row.key}`} row={row} onReset={() => setAsking(row)} />
        ))}
      </ul>
      {asking && <ResetDialog row={asking} onCancel={() => setAsking(null)} onDone={() => done(asking)} onFailed={remote.reload} />}
    </>
  );
}

function OneRow({ row, onReset }: { row: AutomaticRow; onReset: () => void }) {
  const say = useStrings(AUTOMATION);
  const { role } = useSession();
  const stopped = row.state === "stopped";
  const may = stopped && reaches(role, row.may_reset);
  return (
    <li className={row.state}>
      <div>
        <p>
          <b>{say.pointOf(row.label, row.device)}</b>
          <br />
          <Allowed row={row} />
        </p>
        <Standing row={row} />
        {stopped && !may && <p className="muted">{say.resetNeeds(row.may_reset)}</p>}
      </div>
      {may && (
        <Button onClick={onReset} ariaLabel={say.resetFor(say.pointOf(row.label, row.device))}>
          {say.reset}
        </Button>
      )}
    </li>
  );
}

/** What the site file lets it do. */
function Allowed({ row }: { row: AutomaticRow }) {
  const say = useStrings(AUTOMATION);
  const kindOf = useKinds();
  const quantity = useQuantity();
  const step = quantity(row.largest_step, row.unit);
  const way = row.direction === "up" ? say.up(step) : say.down(step);
  return <>{say.allowed(way, String(row.max_per_hour), `${row.cause} ${kindOf(row.alarm)}`)}</>;
}

/** A kind of alarm in the words of the interface; one without a word of ours as the site file has it. */
function useKinds(): (kind: string) => string {
  const { stop, slow, limit, drift, frozen, silent, reject_rate } = useStrings(SHELL);
  const words: Record<string, string> = { stop, slow, limit, drift, frozen, silent, reject_rate };
  return (kind) => words[kind] ?? kind;
}

function Standing({ row }: { row: AutomaticRow }) {
  const say = useStrings(AUTOMATION);
  const times = useTimes();
  const why = row.why && <span lang="en">{asSentence(row.why)}</span>;
  const acted = row.acted_last_hour > 0 && say.acted(row.acted_last_hour);
  if (row.state === "ready") return <p className="muted">{[say.ready, acted].filter(Boolean).join(" ")}</p>;
  if (row.state === "waiting") {
    return (
      <p className="muted">
        {say.waiting} {why} {acted}
      </p>
    );
  }
  return (
    <p>
      <b>{row.stopped_at ? say.stoppedAt(times.dayAndClock(row.stopped_at)) : say.stopped}</b> {why}
    </p>
  );
}

function ResetDialog({ row, onCancel, onDone, onFailed }: { row: AutomaticRow; onCancel: () => void; onDone: () => void; onFailed: () => void }) {
  const say = useStrings(AUTOMATION);
  const acting = useActing();
  const send = async () => {
    if (await acting.run(() => resetAutomatic(row))) onDone();
    else onFailed();
  };
  return (
    <ActDialog header={say.resetTitle(say.pointOf(row.label, row.device))} doLabel={say.doReset} words="none" acting={acting} onCancel={onCancel} onDo={() => void send()}>
      <Effect>{say.resetEffect}</Effect>
      <Standing row={row} />
    </ActDialog>
  );
}
