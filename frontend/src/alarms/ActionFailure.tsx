import type { Failure } from "../api/failure";
import { useStrings } from "../i18n/language";
import { NotDone } from "../shell/NotDone";
import { ALARMS } from "./strings";

/** The server's own sentence; where nobody answered, that nothing is lost. */
export function ActionFailure({ failure }: { failure: Failure | null }) {
  const say = useStrings(ALARMS);
  return <NotDone failure={failure} header={say.actionFailed} gone={say.serverGone} />;
}
