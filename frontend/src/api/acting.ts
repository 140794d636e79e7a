import { useCallback, useState } from "react";
import { asFailure, type Failure } from "./failure";

export interface Acting {
  /** The server has not answered yet. */
  pending: boolean;
  failure: Failure | null;
  /** What the server said, null where it refused or was not reached: then `failure` tells why. Never throws. */
  run: <T>(act: () => Promise<T>) => Promise<T | null>;
  forget: () => void;
}

const IDLE = { pending: false, failure: null };

/** Does one thing at a time, and shows nothing as done that the server has not said. */
export function useActing(): Acting {
  const [state, setState] = useState<Pick<Acting, "pending" | "failure">>(IDLE);
  const run = useCallback(async <T>(act: () => Promise<T>): Promise<T | null> => {
    setState({ pending: true, failure: null });
    try {
      const said = await act();
      setState(IDLE);
      return said;
    } catch (thrown) {
      setState({ pending: false, failure: asFailure(thrown) });
      return null;
    }
  }, []);
  return { ...state, run, forget: useCallback(() => setState(IDLE), []) };
}
