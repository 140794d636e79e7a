import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { ReactNode } from "react";
import type { Failure } from "../api/failure";
import type { Remote } from "../api/remote";
import { useStrings } from "../i18n/language";
import { useTimes } from "../i18n/times";
import { SHELL } from "./strings";

interface Props<T> {
  remote: Remote<T>;
  children: (data: T) => ReactNode;
  /** Drawn instead where there is nothing to show. */
  empty?: ReactNode;
  isEmpty?: (data: T) => boolean;
}

/** The four faces of what comes from a server: loading, failed, empty, there. Old data stays, and says how old it is. */
export function RemoteView<T>({ remote, children, empty, isEmpty }: Props<T>) {
  const say = useStrings(SHELL);
  const { data, failure, loading, readAt, reload } = remote;
  const sentence = useSentence(failure);
  if (loading) return <Loading />;
  if (data === undefined) return failure ? <Failed sentence={sentence} onRetry={reload} /> : null;
  return (
    <>
      {failure && readAt !== undefined && <StaleNote readAt={readAt} sentence={sentence} />}
      {isEmpty?.(data) ? (empty ?? <Box color="text-body-secondary">{say.failed}</Box>) : children(data)}
    </>
  );
}

export function Loading() {
  const say = useStrings(SHELL);
  return (
    <Box padding="l" textAlign="center">
      <StatusIndicator type="loading">{say.loading}</StatusIndicator>
    </Box>
  );
}

/** The server's own sentence; where it could not say anything, ours in the reader's language. */
export function useSentence(failure: Failure | undefined): string {
  const say = useStrings(SHELL);
  return failure?.status === 0 ? say.unreachable : (failure?.message ?? "");
}

export function Failed({ sentence, onRetry }: { sentence: string; onRetry: () => void }) {
  const say = useStrings(SHELL);
  return (
    <div role="alert">
      <Alert type="error" header={say.failed} action={<Button onClick={onRetry}>{say.tryAgain}</Button>}>
        {sentence}
      </Alert>
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Box textAlign="center" padding="l" color="text-body-secondary">
      <Box variant="strong" color="inherit">
        {title}
      </Box>
      {children && <Box color="inherit">{children}</Box>}
    </Box>
  );
}

function StaleNote({ readAt, sentence }: { readAt: number; sentence: string }) {
  const say = useStrings(SHELL);
  const times = useTimes();
  return (
    <Box margin={{ bottom: "s" }} color="text-body-secondary">
      <StatusIndicator type="warning">{say.staleSince(times.second(readAt))}</StatusIndicator> {sentence}
    </Box>
  );
}
