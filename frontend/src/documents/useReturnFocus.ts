import { useEffect, useState } from "react";

/** Gives the focus back, when this goes away, to what had it when this came. */
export function useReturnFocus(): void {
  const [from] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      // After the dialog has taken itself out of the page, else it would take the focus back.
      setTimeout(() => {
        if (from instanceof HTMLElement && from.isConnected) from.focus();
      });
    },
    [from],
  );
}
