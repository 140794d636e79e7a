import LiveRegion from "@cloudscape-design/components/live-region";
import type { Remote } from "../api/remote";
import { useStrings } from "../i18n/language";
import { Checks } from "./Checks";
import type { Decision } from "./model";
import { COMMANDS } from "./strings";

/** What the rules would say of a proposal: in one sentence, and every check. */
export function Verdict({ remote, asked }: { remote: Remote<Decision>; asked: boolean }) {
  const say = useStrings(COMMANDS);
  const decision = asked ? remote.data : undefined;
  return (
    <section className="verdict">
      <h3>{say.checks}</h3>
      <LiveRegion>
        <p className={decision ? `says-${decision.decision}` : "muted"}>{decision ? say[decision.decision] : <Waiting asked={asked} failed={remote.failure !== undefined} />}</p>
      </LiveRegion>
      {decision && <Checks checks={decision.checks} />}
    </section>
  );
}

function Waiting({ asked, failed }: { asked: boolean; failed: boolean }) {
  const say = useStrings(COMMANDS);
  if (!asked) return <>{say.checksWait}</>;
  return <>{failed ? say.checksFailed : say.checking}</>;
}
