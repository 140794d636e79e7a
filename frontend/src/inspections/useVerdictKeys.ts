import { useEffect, useRef } from "react";
import { type Verdict, verdictOfKey } from "./model";

const WRITING = "input:not([type=checkbox]), textarea, select, [contenteditable], [role=dialog]";

/** The keys 1 to 5, wherever the focus is, except while somebody writes or answers a dialog. */
export function useVerdictKeys(on: boolean, give: (verdict: Verdict) => void): void {
  const newest = useRef(give);
  newest.current = give;
  useEffect(() => {
    if (!on) return undefined;
    const press = (event: KeyboardEvent) => {
      // A key that is held down must not decide about the next image as well.
      if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
      if (event.target instanceof Element && event.target.closest(WRITING)) return;
      const verdict = verdictOfKey(event.key);
      if (!verdict) return;
      event.preventDefault();
      newest.current(verdict);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [on]);
}
