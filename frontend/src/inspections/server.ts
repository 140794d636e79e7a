import { bytesOf } from "../api/bytes";
import { answerOf, client } from "../api/client";
import { asFailure } from "../api/failure";
import { verdictsOf, type Wanted, windowOf } from "./address";
import { type Camera, type Inspection, type Outcome, outcomeOf, type Verdict, type Waiting, type Week } from "./model";

export const MOST_LISTED = 240;

export function readQueue(signal?: AbortSignal): Promise<Waiting> {
  return answerOf(client.GET("/api/inspections/queue", { signal }));
}

export function readCameras(signal?: AbortSignal): Promise<Camera[]> {
  return answerOf(client.GET("/api/inspections/cameras", { signal }));
}

export function readAccuracy(signal?: AbortSignal): Promise<Week[]> {
  return answerOf(client.GET("/api/inspections/accuracy", { signal }));
}

export function readInspection(imageId: string, signal?: AbortSignal): Promise<Inspection> {
  return answerOf(client.GET("/api/inspections/{image_id}", { params: { path: { image_id: imageId } }, signal }));
}

export function readRecent(wanted: Wanted, signal?: AbortSignal): Promise<Inspection[]> {
  const query = { device: wanted.device, verdict: verdictsOf(wanted.kind), limit: MOST_LISTED, ...windowOf(wanted, Date.now()) };
  return answerOf(client.GET("/api/inspections", { params: { query }, signal }));
}

/** The image's pixels. */
export function readImage(imageId: string, signal?: AbortSignal): Promise<Blob> {
  return bytesOf(`/api/inspections/${encodeURIComponent(imageId)}/image`, signal);
}

/** Gives a verdict on an inspection as it was looked at. Where somebody else was faster, theirs stands, and comes back. */
export async function review(seen: Inspection, verdict: Verdict, note: string, me: string): Promise<Outcome> {
  const params = { path: { image_id: seen.image_id } };
  const body = { verdict, version: seen.version, note };
  try {
    return outcomeOf(await answerOf(client.POST("/api/inspections/{image_id}/review", { params, body })), me);
  } catch (thrown) {
    const failure = asFailure(thrown);
    if (failure.status === 404) return { kind: "gone" };
    if (failure.status !== 409) throw failure;
    return outcomeOf(await readInspection(seen.image_id), me);
  }
}

/** Sends an image by hand, as a camera at that machine would. */
export function sendImage(machine: string, image: Blob): Promise<Inspection> {
  return answerOf(
    client.POST("/api/inspections/{machine}/images", {
      params: { path: { machine } },
      body: image as never,
      bodySerializer: () => image,
      headers: { "Content-Type": image.type || "application/octet-stream" },
    }),
  );
}
