import { bytesOf } from "../api/bytes";

type Part = { page: number } | "file" | "text";

/** A part of a document as bytes. */
export function readDocument(documentId: string, part: Part, signal?: AbortSignal): Promise<Blob> {
  const rest = typeof part === "object" ? `pages/${part.page}` : part;
  return bytesOf(`/api/documents/${encodeURIComponent(documentId)}/${rest}`, signal);
}

/** The page's number where the source is paged, else null. */
export function pageNumberOf(page: string): number | null {
  return /^\d{1,5}$/.test(page.trim()) ? Number(page) : null;
}
