import { send } from "../api/client";
import { failureOf } from "../api/failure";

type Part = { page: number } | "file" | "text";

/** A part of a document as bytes. Through the session like everything else: a picture's address carries no token. */
export async function readDocument(documentId: string, part: Part, signal?: AbortSignal): Promise<Blob> {
  const rest = typeof part === "object" ? `pages/${part.page}` : part;
  const path = `/api/documents/${encodeURIComponent(documentId)}/${rest}`;
  const address = new URL(path, globalThis.location.origin);
  const response = await send(new Request(address, { credentials: "same-origin", signal: signal ?? null }));
  if (!response.ok) throw failureOf(response.status, await response.json().catch(() => undefined));
  return response.blob();
}

/** The page's number where the source is paged, else null. */
export function pageNumberOf(page: string): number | null {
  return /^\d{1,5}$/.test(page.trim()) ? Number(page) : null;
}
