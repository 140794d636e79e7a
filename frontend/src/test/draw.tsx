import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { MemoryRouter } from "react-router";
import { SESSION } from "../../dev/samples";
import type { Language, Session } from "../api/types";
import { LanguageProvider } from "../i18n/language";
import { SignedInAs } from "../session/session";
import { LiveProvider } from "../shell/live";

interface Scene {
  language?: Language;
  session?: Session;
  at?: string;
}

/** Draws a page as it stands in the console: signed in, with its address and the live data around it. */
export function drawPage(page: ReactNode, { language = "en", session = SESSION, at = "/" }: Scene = {}) {
  return render(
    <LanguageProvider initial={language}>
      <SignedInAs session={session}>
        <MemoryRouter initialEntries={[at]}>
          <LiveProvider>{page}</LiveProvider>
        </MemoryRouter>
      </SignedInAs>
    </LanguageProvider>,
  );
}

/** Draws a part that needs no server. */
export function drawPart(part: ReactNode, language: Language = "en") {
  return render(
    <LanguageProvider initial={language}>
      <MemoryRouter>{part}</MemoryRouter>
    </LanguageProvider>,
  );
}
