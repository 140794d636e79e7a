import { useState } from "react";
import { type Inspection, inOrder, type Waiting } from "./model";

export interface QueueNow {
  shown: Inspection | undefined;
  /** What comes after it, to be fetched before it is asked for. */
  next: Inspection | undefined;
  /** Which one it is, of how many: those that were looked at just now, and those that wait. */
  at: number;
  of: number;
  lookedAt: number;
  /** This one waits no more. */
  pass: () => void;
  /** Another one first. */
  putOff: () => void;
}

/**
 * Which image is looked at. It stays whatever the list says meanwhile: nothing changes under the hands of who decides, and
 * the server knows whether somebody else was faster.
 */
export function useQueue(known: Waiting | undefined): QueueNow {
  const [passed, setPassed] = useState<readonly string[]>([]);
  const [later, setLater] = useState<readonly string[]>([]);
  const [held, setHeld] = useState<Inspection | undefined>();
  const waiting = (known?.inspections ?? []).filter(({ image_id }) => !passed.includes(image_id));
  const order = inOrder(waiting, later);
  const shown = held ?? order[0];
  if (shown !== held) setHeld(shown);
  const id = shown?.image_id ?? "";
  const next = order.find(({ image_id }) => image_id !== id);
  const place = waiting.findIndex(({ image_id }) => image_id === id);
  return {
    shown,
    next,
    at: passed.length + Math.max(place, 0) + 1,
    of: passed.length + waiting.length + (shown && place < 0 ? 1 : 0),
    lookedAt: passed.length,
    pass: () => {
      setPassed([...passed, id]);
      setHeld(next);
    },
    putOff: () => {
      setLater([...later.filter((one) => one !== id), id]);
      setHeld(next ?? shown);
    },
  };
}
