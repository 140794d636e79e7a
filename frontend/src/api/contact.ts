/** Whether the server answers, as everything that talks to it has found. */
export interface Contact {
  state: "online" | "reconnecting" | "offline";
  /** When it last answered, in milliseconds of this browser's clock; null before the first answer. */
  heardAt: number | null;
}

let contact: Contact = { state: "online", heardAt: null };
const listeners = new Set<() => void>();

export function contactNow(): Contact {
  return contact;
}

export function onContact(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function heard(now: number): void {
  change({ state: "online", heardAt: now });
}

/** Nobody answered. The browser knows whether it has a network at all. */
export function unheard(hasNetwork: boolean): void {
  change({ state: hasNetwork ? "reconnecting" : "offline", heardAt: contact.heardAt });
}

function change(next: Contact): void {
  const told = next.state !== contact.state;
  contact = next;
  // `heardAt` moves with every answer: only a change of state is worth a new drawing.
  if (told) for (const listener of listeners) listener();
}
