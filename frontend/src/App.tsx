import { lazy } from "react";
import { BrowserRouter, Route, Routes } from "react-router";
import { LanguageProvider } from "./i18n/language";
import { SessionProvider, useSessionSetting } from "./session/session";
import { SignInPage } from "./session/SignInPage";
import { LiveProvider } from "./shell/live";
import { NotFound } from "./shell/NotFound";
import { Failed, Loading, useSentence } from "./shell/RemoteView";
import { Shell } from "./shell/Shell";

const LinePage = lazy(() => import("./line/LinePage"));
const AlarmsPage = lazy(() => import("./alarms/AlarmsPage"));
const AskPage = lazy(() => import("./ask/AskPage"));
const CommandsPage = lazy(() => import("./commands/CommandsPage"));
const HandoverPage = lazy(() => import("./handover/HandoverPage"));
const InspectionsPage = lazy(() => import("./inspections/InspectionsPage"));
const ReleasesPage = lazy(() => import("./releases/ReleasesPage"));
const ReviewsPage = lazy(() => import("./reviews/ReviewsPage"));
const AccountsPage = lazy(() => import("./session/AccountsPage"));

export function App() {
  return (
    <LanguageProvider>
      <SessionProvider>
        <Door />
      </SessionProvider>
    </LanguageProvider>
  );
}

/** In front of every page: the same address shows the sign-in page until somebody is signed in. */
function Door() {
  const { signedIn, refresh } = useSessionSetting();
  const sentence = useSentence(signedIn.state === "unknown" ? signedIn.failure : undefined);
  if (signedIn.state === "out") return <SignInPage ended={signedIn.ended} />;
  if (signedIn.state === "unknown") return sentence ? <Failed sentence={sentence} onRetry={() => void refresh()} /> : <Loading />;
  // The router reads the address only now: coming back from an identity provider, it is another one than at the start.
  return (
    <BrowserRouter>
      <LiveProvider>
        <Shell>
          <Pages />
        </Shell>
      </LiveProvider>
    </BrowserRouter>
  );
}

function Pages() {
  return (
    <Routes>
      <Route path="/" element={<LinePage />} />
      <Route path="/alarms/*" element={<AlarmsPage />} />
      <Route path="/ask/*" element={<AskPage />} />
      <Route path="/commands" element={<CommandsPage />} />
      <Route path="/inspections" element={<InspectionsPage />} />
      <Route path="/handover" element={<HandoverPage />} />
      <Route path="/releases" element={<ReleasesPage />} />
      <Route path="/reviews" element={<ReviewsPage />} />
      <Route path="/accounts" element={<AccountsPage />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  );
}
