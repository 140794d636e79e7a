import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import { answerOf, client, setDoor } from "../api/client";
import { asFailure, type Failure } from "../api/failure";
import { heard } from "../api/contact";
import type { Role, Session } from "../api/types";
import { hasChosenLanguage, useLanguage } from "../i18n/language";
import { bearerOf, endOidcSession, finishOidcSignIn } from "./bearer";

/** Who is signed in. `unknown` until the server has said so. */
type SignedIn =
  | { state: "unknown"; failure?: Failure }
  | { state: "out"; ended: boolean }
  | { state: "in"; session: Session };

interface SessionSetting {
  signedIn: SignedIn;
  /** A name and a password; throws a Failure with the server's sentence. */
  signIn: (name: string, password: string) => Promise<void>;
  signOut: () => Promise<void>;
  /** Shows the sign-in page and keeps the place. */
  leave: () => void;
  /** Asks again who is signed in. */
  refresh: () => Promise<void>;
}

const SessionContext = createContext<SessionSetting | null>(null);
const RANKS: readonly Role[] = ["viewer", "operator", "engineer", "admin"];

export function SessionProvider({ children }: { children: ReactNode }) {
  const [signedIn, setSignedIn] = useState<SignedIn>({ state: "unknown" });
  const { setLanguage } = useLanguage();

  const enter = useCallback(
    (session: Session) => {
      heard(Date.now());
      if (!hasChosenLanguage()) setLanguage(session.language);
      setSignedIn({ state: "in", session });
    },
    [setLanguage],
  );

  const refresh = useCallback(async () => {
    try {
      await finishOidcSignIn();
      enter(await answerOf(client.GET("/api/session")));
    } catch (thrown) {
      const failure = asFailure(thrown);
      setSignedIn((was) => afterFailure(was, failure));
    }
  }, [enter]);

  useEffect(() => {
    setDoor({ bearer: bearerOf, onSignedOut: () => setSignedIn((was) => ({ state: "out", ended: was.state === "in" })) });
    void refresh();
  }, [refresh]);

  const setting = useMemo<SessionSetting>(
    () => ({
      signedIn,
      refresh,
      signIn: async (name, password) => enter(await answerOf(client.POST("/api/session", { body: { name, password } }))),
      signOut: async () => {
        await answerOf(client.DELETE("/api/session"));
        setSignedIn({ state: "out", ended: false });
        await endOidcSession();
      },
      leave: () => setSignedIn({ state: "out", ended: false }),
    }),
    [signedIn, refresh, enter],
  );
  return <SessionContext.Provider value={setting}>{children}</SessionContext.Provider>;
}

function afterFailure(was: SignedIn, failure: Failure): SignedIn {
  if (failure.status === 401) return { state: "out", ended: was.state === "in" };
  return was.state === "in" ? was : { state: "unknown", failure };
}

export function useSessionSetting(): SessionSetting {
  const setting = useContext(SessionContext);
  if (!setting) throw new Error("useSession stands outside a SessionProvider");
  return setting;
}

/** The person who is signed in. Only parts that stand behind the sign-in page may ask. */
export function useSession(): Session {
  const { signedIn } = useSessionSetting();
  if (signedIn.state !== "in") throw new Error("useSession stands in front of the sign-in page");
  return signedIn.session;
}

/** Whether the person may do what needs this role. The server decides; this only spares people a refusal. */
export function useMay(least: Role): boolean {
  return RANKS.indexOf(useSession().role) >= RANKS.indexOf(least);
}

/** A signed-in person for a test or a drawing board, without a server. */
export function SignedInAs({ session, children }: { session: Session; children: ReactNode }) {
  const setting = useMemo<SessionSetting>(() => {
    const nothing = async () => undefined;
    return { signedIn: { state: "in", session }, signIn: nothing, signOut: nothing, refresh: nothing, leave: () => undefined };
  }, [session]);
  return <SessionContext.Provider value={setting}>{children}</SessionContext.Provider>;
}
