import type { Failure } from "../api/failure";
import { useStrings } from "../i18n/language";
import { NotDone } from "../shell/NotDone";
import { COMMANDS } from "./strings";

/** Why something was not done, in the server's sentence. */
export function Refusal({ failure }: { failure: Failure | null }) {
  const say = useStrings(COMMANDS);
  return <NotDone failure={failure} header={say.failed} gone={say.serverGone} />;
}
