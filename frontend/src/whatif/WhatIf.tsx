import Button from "@cloudscape-design/components/button";
import LiveRegion from "@cloudscape-design/components/live-region";
import { useState } from "react";
import { asSentence, type Failure } from "../api/failure";
import type { Proposal } from "../commands/model";
import { useStrings } from "../i18n/language";
import { useNumbers } from "../i18n/numbers";
import { useNow } from "../shell/screen";
import { useSentence } from "../shell/RemoteView";
import { Outcomes } from "./Outcomes";
import type { WhatIf as Told } from "./server";
import { WHAT_IF } from "./strings";
import { useWhatIf } from "./useWhatIf";
import "./whatif.css";

/** What the server's own model says of its interval; another's words stand as they came. */
const NINE_OF_TEN = "nine of ten hours";

/** What a change would have done to the last hour, by a model. It stands beside the decision, and never in its way. */
export function WhatIf({ proposal }: { proposal: Proposal | null }) {
  const say = useStrings(WHAT_IF);
  const { remote, asked, ask } = useWhatIf(proposal);
  return (
    <section className="what-if" aria-label={say.ask}>
      <Button formAction="none" iconName="search" disabled={proposal === null} loading={remote.loading} loadingText={say.asking} onClick={ask}>
        {say.ask}
      </Button>
      {remote.loading && <Progress />}
      <LiveRegion>{asked && !remote.loading && <Heard told={remote.data} failure={remote.failure} />}</LiveRegion>
      {asked && remote.data && <Figures told={remote.data} />}
    </section>
  );
}

/** It takes some seconds; so that nobody takes it for stuck, they are counted. */
function Progress() {
  const say = useStrings(WHAT_IF);
  const numbers = useNumbers();
  const [began] = useState(() => Date.now());
  const now = useNow(500);
  return (
    <p className="muted" aria-hidden="true">
      {say.runs(numbers.duration((now - began) / 1_000))}
    </p>
  );
}

/** What is read aloud: the answer in a sentence, or plainly that there is none. */
function Heard({ told, failure }: { told: Told | undefined; failure: Failure | undefined }) {
  const say = useStrings(WHAT_IF);
  const sentence = useSentence(failure);
  if (failure) {
    const why = failure.status === 404 ? say.noModel : sentence;
    return (
      <p>
        {say.notKnown} {why} {say.decideAnyway}
      </p>
    );
  }
  if (!told) return null;
  if (told.unknown) {
    return (
      <p>
        {say.notKnown} <span lang="en">{asSentence(told.unknown)}</span> {say.decideAnyway}
      </p>
    );
  }
  return (
    <p className="what-if-headline" lang="en">
      {told.headline}
    </p>
  );
}

function Figures({ told }: { told: Told }) {
  const say = useStrings(WHAT_IF);
  const interval = told.interval === NINE_OF_TEN ? say.nineOfTen : told.interval;
  const numbers = useNumbers();
  return (
    <>
      {told.outcomes.length > 0 && (
        <>
          <p className="muted">{`${say.byModel(String(told.replays), numbers.value(Math.round(told.minutes)))} ${say.legend(interval)}`}</p>
          <Outcomes outcomes={told.outcomes} interval={interval} />
        </>
      )}
      {told.assumed.length > 0 && (
        <details>
          <summary>{say.assumed}</summary>
          <ul lang="en">
            {told.assumed.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
