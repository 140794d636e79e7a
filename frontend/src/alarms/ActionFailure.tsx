import Alert from "@cloudscape-design/components/alert";
import type { Failure } from "../api/failure";
import { useStrings } from "../i18n/language";
import { ALARMS } from "./strings";

/** The server's own sentence; where nobody answered, that nothing is lost. */
export function ActionFailure({ failure }: { failure: Failure }) {
  const say = useStrings(ALARMS);
  const sentence = failure.status === 0 ? say.serverGone : failure.message;
  return (
    <div role="alert">
      <Alert type={failure.passing ? "warning" : "error"} header={say.actionFailed}>
        {sentence}
      </Alert>
    </div>
  );
}
