/** The conversations that this tab has open, and word of them to the other tabs. */
import { askQuestion, readConversation, readConversations } from "./server";
import { type ChatServer, Thread } from "./thread";

const CHANNEL = "lineside-conversations";
const SERVER: ChatServer = { ask: askQuestion, conversation: readConversation, conversations: readConversations };

const open = new Map<string, Thread>();
let unnamed = new Thread("", SERVER);
let owner = "";

/** Another person at the same screen begins with nothing of the last one's. */
export function openFor(person: string): void {
  if (person === owner) return;
  owner = person;
  forgetAll();
}

export function forgetAll(): void {
  unnamed.retire();
  for (const thread of open.values()) thread.retire();
  open.clear();
  unnamed = new Thread("", SERVER);
}

/** The thread of a conversation; "" is the one that has not been asked anything yet. */
export function threadOf(id: string): Thread {
  if (!id) return unnamed;
  if (unnamed.snapshot().id === id) named();
  const known = open.get(id) ?? new Thread(id, SERVER);
  open.set(id, known);
  return known;
}

/** A new conversation. One whose answer still comes goes on, and is found in the list once it has a name. */
export function beginAnew(): void {
  if (unnamed.snapshot().id) named();
  else if (unnamed.snapshot().turns.length > 0) unnamed = new Thread("", SERVER);
}

export function forget(id: string): void {
  open.delete(id);
}

function named(): void {
  open.set(unnamed.snapshot().id, unnamed);
  unnamed = new Thread("", SERVER);
}

/** Tells the other tabs that a conversation has changed. */
export function tellOtherTabs(): void {
  channel()?.postMessage("changed");
}

/** Calls when another tab has changed a conversation, or this one is looked at again. */
export function onOtherTabs(listener: () => void): () => void {
  const heard = channel();
  const looked = () => document.hidden || listener();
  heard?.addEventListener("message", listener);
  document.addEventListener("visibilitychange", looked);
  return () => {
    heard?.removeEventListener("message", listener);
    document.removeEventListener("visibilitychange", looked);
  };
}

let shared: BroadcastChannel | undefined;

function channel(): BroadcastChannel | undefined {
  if (typeof BroadcastChannel === "undefined") return undefined;
  shared ??= new BroadcastChannel(CHANNEL);
  return shared;
}
