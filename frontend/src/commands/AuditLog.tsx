import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useActing } from "../api/acting";
import { useRemote } from "../api/remote";
import { useStrings } from "../i18n/language";
import { useTimes } from "../i18n/times";
import { RemoteView } from "../shell/RemoteView";
import { joined, toldBy } from "./audit";
import type { AuditEntry } from "./model";
import { Refusal } from "./Refusal";
import { readAudit } from "./server";
import { COMMANDS } from "./strings";

const PAGE = 50;
const EVERY_SECONDS = 15;

/** Who did what, the newest first. It is read only while somebody looks. */
export function AuditLog() {
  const say = useStrings(COMMANDS);
  const [open, setOpen] = useState(false);
  const newest = useRemote("audit", (signal) => readAudit(PAGE, undefined, signal), { everySeconds: EVERY_SECONDS, enabled: open });
  return (
    <ExpandableSection headerText={say.audit} headingTagOverride="h2" expanded={open} onChange={({ detail }) => setOpen(detail.expanded)}>
      {open && (
        <RemoteView remote={newest} isEmpty={(entries) => entries.length === 0} empty={<p>{say.auditNone}</p>}>
          {(entries) => <Pages newest={entries} />}
        </RemoteView>
      )}
    </ExpandableSection>
  );
}

/** The newest entries, and as many older ones as somebody asked for. An entry never changes, so those stay as read. */
function Pages({ newest }: { newest: readonly AuditEntry[] }) {
  const say = useStrings(COMMANDS);
  const acting = useActing();
  const [kept, setKept] = useState<readonly AuditEntry[]>([]);
  const entries = joined(newest, kept);
  const last = entries.at(-1)?.number ?? 1;
  const readOlder = async () => {
    const older = await acting.run(() => readAudit(PAGE, last));
    if (older) setKept([...entries, ...older]);
  };
  return (
    <>
      <Entries entries={entries} />
      <Refusal failure={acting.failure} />
      {last > 1 && (
        <Button variant="inline-link" loading={acting.pending} onClick={() => void readOlder()}>
          {say.older}
        </Button>
      )}
    </>
  );
}

function Entries({ entries }: { entries: readonly AuditEntry[] }) {
  const say = useStrings(COMMANDS);
  return (
    <>
      <p className="muted">{say.auditWhy}</p>
      <ol className="audit" aria-label={say.audit}>
        {entries.map((entry) => (
          <Entry key={entry.number} entry={entry} />
        ))}
      </ol>
    </>
  );
}

function Entry({ entry }: { entry: AuditEntry }) {
  const say = useStrings(COMMANDS);
  const times = useTimes();
  const { device, attribute, to, reason } = toldBy(entry);
  const about = [device && `${device} ${attribute}`, to.replaceAll("_", " "), reason].filter(Boolean).join(" · ");
  return (
    <li>
      <time dateTime={entry.at}>{times.dayAndClock(entry.at)}</time>
      <div>
        <b lang="en">{entry.what}</b> {entry.by}
        {about && <p lang="en">{about}</p>}
        <details>
          <summary>
            {say.whole} <span className="visually-hidden">{say.entry(String(entry.number))}</span>
          </summary>
          <code>{entry.detail}</code>
          <code>
            {say.hash} {entry.hash}
          </code>
        </details>
      </div>
    </li>
  );
}
