import { lazy } from "react";
import { BrowserRouter, Route, Routes } from "react-router";
import { LanguageProvider } from "./i18n/language";
import { SessionProvider, useSessionSetting } from "./session/session";
import { SignInPage } from "./session/SignInPage";
import { LiveProvider } from "./shell/live";
import { NotFound } from "./shell/NotFound";
import { Failed, Loading } from "./shell/RemoteView";
import { Shell } from "./shell/Shell";

const LinePage = lazy(() => import("./line/LinePage"));
const AlarmsPage = lazy(() => import("./alarms/AlarmsPage"));
const AskPage = lazy(() => import("./ask/AskPage"));
const HandoverPage = lazy(() => import("./handover/HandoverPage"));
const AccountsPage = lazy(() => import("./session/AccountsPage"));

export function App() {
  return (
    <LanguageProvider>
      <SessionProvider>
        <BrowserRouter>
          <Door />
        </BrowserRouter>
      </SessionProvider>
    </LanguageProvider>
  );
}

/** In front of every page: the same address shows the sign-in page until somebody is signed in. */
function Door() {
  const { signedIn, refresh } = useSessionSetting();
  if (signedIn.state === "out") return <SignInPage ended={signedIn.ended} />;
  if (signedIn.state === "unknown") {
    return signedIn.failure ? <Failed sentence={signedIn.failure.message} onRetry={() => void refresh()} /> : <Loading />;
  }
  return (
    <LiveProvider>
      <Shell>
        <Pages />
      </Shell>
    </LiveProvider>
  );
}

function Pages() {
  return (
    <Routes>
      <Route path="/" element={<LinePage />} />
      <Route path="/alarms/*" element={<AlarmsPage />} />
      <Route path="/ask/*" element={<AskPage />} />
      <Route path="/handover" element={<HandoverPage />} />
      <Route path="/accounts" element={<AccountsPage />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  );
}
