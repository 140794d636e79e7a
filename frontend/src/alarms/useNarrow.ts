import { useSyncExternalStore } from "react";

/** Cards and one column below this width, tables and two columns above. */
const NARROW = "(max-width: 800px)";

export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => globalThis.matchMedia(NARROW).matches);
}

function subscribe(listener: () => void): () => void {
  const query = globalThis.matchMedia(NARROW);
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}
