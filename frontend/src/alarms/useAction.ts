import { useCallback, useState } from "react";
import { asFailure, type Failure } from "../api/failure";
import type { Action } from "./actions";
import type { Alarm } from "./model";
import { act, type Words } from "./server";

export interface Doing {
  /** The action that the server has not answered yet. */
  pending: Action | null;
  /** The last one that worked, until the next begins. */
  done: Action | null;
  failure: Failure | null;
  /** True when it worked. Never throws; what was written stays with whoever asked. */
  run: (action: Action, words?: Words) => Promise<boolean>;
  forget: () => void;
}

const NOTHING = { pending: null, done: null, failure: null };

/** Does one thing at a time to an alarm, and shows nothing as done that the server has not said. */
export function useAction(alarmId: string, onChanged: (alarm: Alarm | null) => void): Doing {
  const [state, setState] = useState<Omit<Doing, "run" | "forget">>(NOTHING);
  const run = useCallback(
    async (action: Action, words?: Words) => {
      setState({ ...NOTHING, pending: action });
      try {
        onChanged(await act(alarmId, action, words));
        setState({ ...NOTHING, done: action });
        return true;
      } catch (thrown) {
        const failure = asFailure(thrown);
        setState({ ...NOTHING, failure });
        // Refused or changed by somebody else: look at it again, so that the sentence and the picture agree.
        if (failure.status === 409 || failure.status === 404) onChanged(null);
        return false;
      }
    },
    [alarmId, onChanged],
  );
  return { ...state, run, forget: useCallback(() => setState(NOTHING), []) };
}
