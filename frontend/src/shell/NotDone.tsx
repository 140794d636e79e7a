import Alert from "@cloudscape-design/components/alert";
import type { Failure } from "../api/failure";

interface Props {
  failure: Failure | null;
  header: string;
  /** What is said where nobody answered. */
  gone: string;
}

/** Why something was not done, in the server's own sentence; nothing where it was. */
export function NotDone({ failure, header, gone }: Props) {
  if (!failure) return null;
  return (
    <div role="alert">
      <Alert type={failure.passing ? "warning" : "error"} header={header}>
        {failure.status === 0 ? gone : failure.message}
      </Alert>
    </div>
  );
}
