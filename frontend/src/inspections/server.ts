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

/** One that may still be on its way: null while it is not there. */
export function readArriving(imageId: string, signal?: AbortSignal): Promise<Inspection | null> {
  return readInspection(imageId, signal).catch((thrown: unknown) => {
    if (asFailure(thrown).status === 404) return null;
    throw thrown;
  });
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

/**
 * Sends an image by hand, as a camera at that machine would, the way that this runtime takes them. Its id comes back: the
 * SHA-256 of its bytes. What was posted by a form is there a little later.
 */
export async function sendImage(machine: string, image: Blob, byForm: boolean): Promise<string> {
  if (byForm) return postByForm(machine, image);
  const taken = await answerOf(
    client.POST("/api/inspections/{machine}/images", {
      params: { path: { machine } },
      body: image as never,
      bodySerializer: () => image,
      headers: { "Content-Type": image.type || "application/octet-stream" },
    }),
  );
  return taken.image_id;
}

async function postByForm(machine: string, image: Blob): Promise<string> {
  const media_type = image.type === "image/jpeg" ? "image/jpeg" : "image/png";
  const { url, fields } = await answerOf(client.POST("/api/inspections/uploads", { body: { machine, media_type } }));
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", image); // the last field: what follows it is not read
  // The store is at an address of its own and says nothing to pages: that the image is there is seen when it is.
  await fetch(new Request(url, { method: "POST", body: form, mode: "no-cors", credentials: "omit" }));
  return hashOf(image);
}

async function hashOf(image: Blob): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await image.arrayBuffer()));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
