import type { Contact } from "../api/contact";
import { useStrings } from "../i18n/language";
import { useTimes } from "../i18n/times";
import { SHELL } from "./strings";

/** Says when what is on the screen is not what is on the line. Nothing while all is well. */
export function ConnectionNote({ contact }: { contact: Contact }) {
  const say = useStrings(SHELL);
  const times = useTimes();
  const { state, heardAt } = contact;
  const heard = heardAt === null ? "" : times.second(heardAt);
  const sentence = {
    online: "",
    reconnecting: heard ? say.reconnecting(heard) : say.reconnectingNever,
    offline: heard ? say.offline(heard) : say.offlineNever,
  }[state];
  return (
    <div className={`connection-note ${state}`} role="status">
      {sentence}
    </div>
  );
}
