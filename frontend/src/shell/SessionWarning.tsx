import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { useEffect, useState } from "react";
import { useStrings } from "../i18n/language";
import { useTimes } from "../i18n/times";
import { useSession, useSessionSetting } from "../session/session";
import { SESSION } from "../session/strings";

const WARN_BEFORE_MS = 5 * 60_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Five minutes before a session ends, says so: nobody should lose a comment half written. */
export function SessionWarning() {
  const { expires_at: expiresAt } = useSession();
  const { leave, refresh } = useSessionSetting();
  const say = useStrings(SESSION);
  const times = useTimes();
  const near = useIsNear(expiresAt, () => void refresh());
  if (!near || !expiresAt) return null;
  return (
    <div role="status">
      <Alert type="warning" action={<Button onClick={leave}>{say.stay}</Button>}>
        {say.endsSoon(times.clock(expiresAt))}
      </Alert>
    </div>
  );
}

/** True from five minutes before `instant`. A session that was renewed meanwhile is found by `ask`. */
function useIsNear(instant: string | null, ask: () => void): boolean {
  const [near, setNear] = useState(false);
  useEffect(() => {
    setNear(false);
    if (!instant) return undefined;
    const wait = Math.min(Date.parse(instant) - WARN_BEFORE_MS - Date.now(), LONGEST_TIMER_MS);
    const timer = setTimeout(() => {
      setNear(true);
      ask();
    }, Math.max(0, wait));
    return () => clearTimeout(timer);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `ask` is only called, never watched
  }, [instant]);
  return near;
}
