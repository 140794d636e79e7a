import type { Oidc } from "../api/types";

/**
 * Signing in at an identity provider: authorization code with PKCE. The library is loaded only where it is used; a
 * plant with passwords never loads it. Tokens live in this tab (sessionStorage) and are renewed while it is open.
 */
const CONFIGURED_AS = "lineside-oidc";
const RETURN_PATH = "/signed-in";

let bearer: string | null = null;

export function bearerOf(): string | null {
  return bearer;
}

/** Leaves the page for the identity provider; comes back to where the person is now. */
export async function beginOidcSignIn(oidc: Oidc): Promise<void> {
  sessionStorage.setItem(CONFIGURED_AS, JSON.stringify(oidc));
  const { managerOf } = await import("./oidc");
  await managerOf(oidc, keepBearer).signinRedirect({ state: placeNow() });
}

/** Takes up a session of this tab, or the answer of the provider in the address. Does nothing without either. */
export async function finishOidcSignIn(): Promise<void> {
  const oidc = configured();
  if (!oidc) return;
  const { managerOf } = await import("./oidc");
  const manager = managerOf(oidc, keepBearer);
  if (globalThis.location.pathname !== RETURN_PATH) {
    keepBearer((await manager.getUser())?.access_token ?? null);
    return;
  }
  try {
    const user = await manager.signinRedirectCallback();
    keepBearer(user.access_token);
    history.replaceState(null, "", placeOf(user.state));
  } catch (thrown) {
    history.replaceState(null, "", "/");
    throw thrown;
  }
}

export async function endOidcSession(): Promise<void> {
  const oidc = configured();
  if (!oidc) return;
  keepBearer(null);
  sessionStorage.removeItem(CONFIGURED_AS);
  const { managerOf } = await import("./oidc");
  await managerOf(oidc, keepBearer).removeUser();
  if (oidc.logout_url) globalThis.location.assign(oidc.logout_url);
}

function keepBearer(next: string | null): void {
  bearer = next;
}

function configured(): Oidc | null {
  const stored = sessionStorage.getItem(CONFIGURED_AS);
  return stored ? (JSON.parse(stored) as Oidc) : null;
}

function placeNow(): string {
  const { pathname, search, hash } = globalThis.location;
  return pathname + search + hash;
}

/** Only a place of this console: what comes back through the provider must not lead elsewhere. */
export function placeOf(state: unknown): string {
  return typeof state === "string" && /^\/(?![/\\])/.test(state) ? state : "/";
}
