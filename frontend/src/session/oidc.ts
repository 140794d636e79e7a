import { UserManager, WebStorageStateStore } from "oidc-client-ts";
import type { Oidc } from "../api/types";

let manager: UserManager | undefined;

/** The one manager of this tab. `keep` gets every new access token, and null when there is none any more. */
export function managerOf(oidc: Oidc, keep: (token: string | null) => void): UserManager {
  if (manager) return manager;
  manager = new UserManager({
    authority: oidc.authority,
    client_id: oidc.client_id,
    scope: oidc.scope,
    response_type: "code",
    redirect_uri: new URL("/signed-in", globalThis.location.origin).href,
    userStore: new WebStorageStateStore({ store: sessionStorage }),
    automaticSilentRenew: true,
  });
  manager.events.addUserLoaded((user) => keep(user.access_token));
  manager.events.addUserUnloaded(() => keep(null));
  return manager;
}
