import { type RefObject, useEffect } from "react";

/** Puts the focus there once a dialog stands: the dialog itself takes it to its first button as it opens. */
export function useFocusSoon(on: RefObject<{ focus: () => void } | null>): void {
  useEffect(() => {
    const timer = setTimeout(() => on.current?.focus());
    return () => clearTimeout(timer);
  }, [on]);
}
