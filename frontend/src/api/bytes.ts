import { send } from "./client";
import { failureOf } from "./failure";

/** What lies at a path, as bytes. Through the session like everything else: a picture's own address carries no token. */
export async function bytesOf(path: string, signal?: AbortSignal): Promise<Blob> {
  const address = new URL(path, globalThis.location.origin);
  const response = await send(new Request(address, { credentials: "same-origin", signal: signal ?? null }));
  if (!response.ok) throw failureOf(response.status, await response.json().catch(() => undefined));
  return response.blob();
}
