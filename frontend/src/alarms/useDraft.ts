import { useCallback, useEffect, useState } from "react";

const PREFIX = "lineside-draft ";

/** Text that is being written, kept for this tab until it is sent: a failure, another page or a reload loses nothing. */
export function useDraft(name: string): [string, (text: string) => void] {
  const [text, setText] = useState(() => read(name));
  useEffect(() => setText(read(name)), [name]);
  const change = useCallback(
    (next: string) => {
      setText(next);
      keep(name, next);
    },
    [name],
  );
  return [text, change];
}

function read(name: string): string {
  return storage()?.getItem(PREFIX + name) ?? "";
}

function keep(name: string, text: string): void {
  if (text) storage()?.setItem(PREFIX + name, text);
  else storage()?.removeItem(PREFIX + name);
}

/** A browser may forbid it; then a draft lives as long as its page. */
function storage(): Storage | null {
  try {
    return globalThis.sessionStorage;
  } catch {
    return null;
  }
}
