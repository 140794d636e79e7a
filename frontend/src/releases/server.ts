import { answerOf, client, send } from "../api/client";
import { failureOf } from "../api/failure";
import type { Release, Releases } from "./model";

export function readReleases(signal?: AbortSignal): Promise<Releases> {
  return answerOf(client.GET("/api/releases", { signal }));
}

export function readRelease(releaseId: string, signal?: AbortSignal): Promise<Release> {
  return answerOf(client.GET("/api/releases/{release_id}", { params: { path: { release_id: releaseId } }, signal }));
}

export function decide(releaseId: string, approved: boolean, note: string): Promise<Release> {
  const params = { path: { release_id: releaseId } };
  return answerOf(client.POST("/api/releases/{release_id}/decision", { params, body: { approved, note } }));
}

/** With a share of the conversations (above 0) as a canary, else for everybody. `seen` is what the person looked at. */
export function promote(releaseId: string, share: number, reason: string, seen: Pick<Releases, "version">): Promise<Releases> {
  const params = { path: { release_id: releaseId } };
  const body = { canary_share: share, reason, version: seen.version };
  return answerOf(client.POST("/api/releases/{release_id}/promote", { params, body }));
}

export function rollBack(reason: string, seen: Pick<Releases, "version">): Promise<Releases> {
  return answerOf(client.POST("/api/releases-rollback", { body: { reason, version: seen.version } }));
}

export function addressOfReport(releaseId: string): string {
  return `/api/releases/${encodeURIComponent(releaseId)}/report`;
}

/** The report as bytes, for whoever is signed in by a token: a link's address carries none. */
export async function readReport(releaseId: string): Promise<Blob> {
  const address = new URL(addressOfReport(releaseId), globalThis.location.origin);
  const response = await send(new Request(address, { credentials: "same-origin" }));
  if (!response.ok) throw failureOf(response.status, await response.json().catch(() => undefined));
  return response.blob();
}
