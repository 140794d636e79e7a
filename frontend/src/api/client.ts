import createClient from "openapi-fetch";
import { heard, unheard } from "./contact";
import { asFailure, failureOf, wasAborted } from "./failure";
import type { paths } from "./schema";

/** Who is told that a session is over, and where a bearer token comes from (a plant uses a cookie and has none). */
interface Door {
  bearer: () => string | null;
  onSignedOut: () => void;
}

let door: Door = { bearer: () => null, onSignedOut: () => undefined };

export function setDoor(next: Door): void {
  door = next;
}

/** Every request of the console goes through here: session, contact with the server, 401. Throws a Failure. */
export async function send(request: Request): Promise<Response> {
  const bearer = door.bearer();
  if (bearer) request.headers.set("Authorization", `Bearer ${bearer}`);
  const response = await reach(request);
  if (response.status === 401 && !isSigningIn(request)) door.onSignedOut();
  return response;
}

async function reach(request: Request): Promise<Response> {
  try {
    const response = await fetch(request);
    if (isGatewayMissing(response.status)) unheard(navigator.onLine);
    else heard(Date.now());
    return response;
  } catch (thrown) {
    if (wasAborted(thrown)) throw thrown;
    unheard(navigator.onLine);
    throw asFailure(thrown);
  }
}

/** A proxy that answers for a plant which is gone. */
function isGatewayMissing(status: number): boolean {
  return status === 502 || status === 504;
}

/** A wrong password is the form's business. */
function isSigningIn(request: Request): boolean {
  return request.method === "POST" && new URL(request.url).pathname === "/api/session";
}

/** Typed by `openapi.json`: `client.GET("/api/alarms", { params: { query: { hours: 8 } }, signal })`. */
export const client = createClient<paths>({
  baseUrl: globalThis.location.origin,
  credentials: "same-origin",
  fetch: send,
});

interface Outcome<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of an answer; a Failure with one sentence for anything else. */
export async function answerOf<T>(call: Promise<Outcome<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw failureOf(response.status, error);
  return data as T;
}
