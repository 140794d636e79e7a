import { useStrings } from "../i18n/language";
import { inPlantTime, useTimes } from "../i18n/times";
import { aliasHistory, type Change, type Meant } from "./model";
import { RELEASES } from "./strings";

/** What one release was, and when. */
export function AliasHistory({ releaseId, history }: { releaseId: string; history: readonly Change[] }) {
  const say = useStrings(RELEASES);
  const meant = aliasHistory(releaseId, history);
  const became = ({ is }: Meant) => say[`became_${is || "nothing"}`];
  return (
    <section>
      <h3>{say.history}</h3>
      {meant.length === 0 && <p>{say.historyNone}</p>}
      <ol className="switches">
        {meant.map((one) => (
          <Entry key={`${one.change.at} ${one.is}`} change={one.change} what={became(one)} />
        ))}
      </ol>
    </section>
  );
}

/** Every switch of the aliases, the newest first, with what they meant after it. */
export function Switches({ history }: { history: readonly Change[] }) {
  const say = useStrings(RELEASES);
  const names = ["live", "canary", "previous"] as const;
  const after = (change: Change) => names.filter((alias) => change[alias]).map((alias) => `${say[alias]}: ${change[alias]}`);
  return (
    <ol className="switches">
      {history.map((change) => (
        <Entry key={`${change.at} ${change.what}`} change={change} what={say[`what_${change.what}`]} after={after(change).join(" · ")} />
      ))}
    </ol>
  );
}

function Entry({ change, what, after = "" }: { change: Change; what: string; after?: string }) {
  const say = useStrings(RELEASES);
  const times = useTimes();
  return (
    <li>
      <time dateTime={change.at}>{times.dayAndClock(change.at)}</time>
      <div>
        <b>{what}</b> {change.by && say.by(change.by)}
        {change.reason && <p>{inPlantTime(change.reason, times)}</p>}
        {after && <p className="muted">{after}</p>}
      </div>
    </li>
  );
}
