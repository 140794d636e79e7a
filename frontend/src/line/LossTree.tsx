import type { Loss, Losses } from "../api/types";
import type { Words } from "./face";

const BRANCHES = ["availability", "performance", "quality"] as const;

/** Where the line's time went: the three factors of OEE, and under each what cost it most. */
export function LossTree({ losses, words }: { losses: Losses; words: Words }) {
  const { say, times } = words;
  const most = Math.max(0, ...losses.losses.map((loss) => loss.seconds));
  return (
    <div className="loss-tree">
      <p className="oee">
        <span title={say.oeeIs}>{say.oee}</span> <b>{shareText(losses.oee, words)}</b>
        <span className="muted"> {say.reckonedFrom(times.dayAndClock(losses.since), times.dayAndClock(losses.until), times.zone)}</span>
      </p>
      {losses.losses.length === 0 && <p className="muted">{say.noLosses}</p>}
      <ul className="branches">
        {BRANCHES.map((branch) => (
          <li key={branch}>
            <h3>
              {say[branch]} <b>{shareText(losses[branch], words)}</b>
            </h3>
            <Leaves losses={losses.losses.filter((loss) => loss.branch === branch)} most={most} words={words} />
          </li>
        ))}
      </ul>
      <p className="muted">{losses.basis}</p>
    </div>
  );
}

function Leaves({ losses, most, words }: { losses: readonly Loss[]; most: number; words: Words }) {
  if (losses.length === 0) return <p className="muted">{words.say.nothingLost}</p>;
  return (
    <ul className="leaves">
      {losses.map((loss) => (
        <Leaf key={`${loss.name} ${loss.machine}`} loss={loss} most={most} words={words} />
      ))}
    </ul>
  );
}

function Leaf({ loss, most, words }: { loss: Loss; most: number; words: Words }) {
  const { say, numbers } = words;
  const name = loss.machine && !loss.name.includes(loss.machine) ? `${loss.machine}: ${loss.name}` : loss.name;
  return (
    <li>
      <span className="leaf-name">{name}</span>
      <span className="leaf-number">{say.lostOf(numbers.minutes(loss.seconds), numbers.share(loss.share))}</span>
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect width={most ? (loss.seconds / most) * 100 : 0} height="6" />
      </svg>
      {loss.note && <span className="muted leaf-note">{loss.note}</span>}
    </li>
  );
}

function shareText(share: number | null, { say, numbers }: Words): string {
  return share === null ? say.notMeasured : numbers.share(share);
}
