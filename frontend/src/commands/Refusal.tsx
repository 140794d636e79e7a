import Alert from "@cloudscape-design/components/alert";
import type { Failure } from "../api/failure";
import { useStrings } from "../i18n/language";
import { COMMANDS } from "./strings";

/** Why something was not done, in the server's sentence. */
export function Refusal({ failure }: { failure: Failure | null }) {
  const say = useStrings(COMMANDS);
  if (!failure) return null;
  return (
    <div role="alert">
      <Alert type={failure.passing ? "warning" : "error"} header={say.failed}>
        {failure.status === 0 ? say.serverGone : failure.message}
      </Alert>
    </div>
  );
}
