import Button from "@cloudscape-design/components/button";
import { useStrings } from "../i18n/language";
import { useNumbers } from "../i18n/numbers";
import { type Releases, rollBackOf } from "./model";
import { RELEASES } from "./strings";

/** Who answers now, at a glance, and the way back. */
export function Answering({ releases, onRollBack }: { releases: Releases; onRollBack: () => void }) {
  const say = useStrings(RELEASES);
  const numbers = useNumbers();
  const { live, canary, previous, canary_share: share } = releases;
  const rest = canary ? say.shareOf(numbers.share(1 - share)) : say.everyConversation;
  const plan = rollBackOf(releases);
  return (
    <section className="answering" aria-labelledby="answering-title">
      <div className="answering-head">
        <h2 id="answering-title">{say.answering}</h2>
        <Button
          variant="primary"
          iconName="undo"
          disabled={plan === null}
          disabledReason={plan ? undefined : say.rollBackNothing}
          onClick={onRollBack}
        >
          {say.rollBack}
        </Button>
      </div>
      {canary && <Shares share={share} />}
      <dl className="aliases">
        <Alias name={say.live} release={live || say.nobody} how={live ? rest : say.nobodyWhy} />
        <Alias name={say.canary} release={canary || say.noCanary} how={canary ? say.shareOf(numbers.share(share)) : say.noCanaryWhy} />
        <Alias name={say.previous} release={previous || say.noPrevious} how={previous ? say.previousWhy : say.noPreviousWhy} />
      </dl>
    </section>
  );
}

function Alias({ name, release, how }: { name: string; release: string; how: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <b>{release}</b>
        <small>{how}</small>
      </dd>
    </div>
  );
}

const WIDTH = 400;
const HEIGHT = 10;

/** The conversations as one bar: plain for live, hatched for the canary. */
function Shares({ share }: { share: number }) {
  const say = useStrings(RELEASES);
  const numbers = useNumbers();
  const from = WIDTH * (1 - share);
  return (
    <svg
      className="shares"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={say.shares(numbers.share(1 - share), numbers.share(share))}
    >
      <rect className="of-live" width={from} height={HEIGHT} />
      <rect className="of-canary" x={from} width={WIDTH - from} height={HEIGHT} />
    </svg>
  );
}
