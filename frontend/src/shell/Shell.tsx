import SideNavigation, { type SideNavigationProps } from "@cloudscape-design/components/side-navigation";
import TopNavigation, { type TopNavigationProps } from "@cloudscape-design/components/top-navigation";
import { type ReactNode, Suspense, useEffect, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { useContact } from "../api/remote";
import { LANGUAGES, isLanguage } from "../i18n/catalogue";
import { useLanguage, useStrings } from "../i18n/language";
import { useTimes } from "../i18n/times";
import { SESSION } from "../session/strings";
import { useMay, useSession, useSessionSetting } from "../session/session";
import { AlarmStrip, callingAlarms } from "./AlarmStrip";
import { ConnectionNote } from "./ConnectionNote";
import { ErrorBoundary } from "./ErrorBoundary";
import { useLive } from "./live";
import { Loading } from "./RemoteView";
import { SessionWarning } from "./SessionWarning";
import { SHELL } from "./strings";

/** What stands around every page: who is here, where one can go, what is wrong, and whether it is current. */
export function Shell({ children }: { children: ReactNode }) {
  const say = useStrings(SHELL);
  const { alarms } = useLive();
  const contact = useContact();
  const { pathname } = useLocation();
  const [open, setOpen] = useState(false);
  useDocumentTitle(alarms.data ? callingAlarms(alarms.data).length : 0, titleOf(pathname, say));
  return (
    <>
      <a className="skip" href="#page">
        {say.skip}
      </a>
      <div id="top">
        <TopBar />
        <div className="strip-row-of-shell">
          <button type="button" className="pages-toggle" aria-expanded={open} aria-controls="pages" onClick={() => setOpen(!open)}>
            {open ? say.closeNavigation : say.openNavigation}
          </button>
          <AlarmStrip alarms={alarms.data} />
        </div>
        <ConnectionNote contact={contact} />
      </div>
      <div className="frame">
        <aside id="pages" className={open ? "open" : ""} aria-label={say.navigation}>
          <Pages onFollow={() => setOpen(false)} />
        </aside>
        <main id="page" tabIndex={-1}>
          <SessionWarning />
          <ErrorBoundary place={pathname}>
            <Suspense fallback={<Loading />}>{children}</Suspense>
          </ErrorBoundary>
        </main>
      </div>
    </>
  );
}

function TopBar() {
  const { site } = useLive();
  const utilities = useUtilities();
  const say = useStrings(SHELL);
  const navigate = useNavigate();
  const home = (event: CustomEvent) => {
    event.preventDefault();
    void navigate("/");
  };
  return (
    <TopNavigation
      identity={{ href: "/", title: site ? `Lineside · ${site.id}` : "Lineside", onFollow: home }}
      utilities={utilities}
      i18nStrings={{
        overflowMenuTriggerText: say.more,
        overflowMenuTitleText: say.menu,
        overflowMenuBackIconAriaLabel: say.back,
        overflowMenuDismissIconAriaLabel: say.closeNavigation,
      }}
    />
  );
}

function useUtilities(): TopNavigationProps.Utility[] {
  const say = useStrings(SHELL);
  const { language, setLanguage } = useLanguage();
  const words = useStrings(SESSION);
  const session = useSession();
  const { signOut } = useSessionSetting();
  const spoken = LANGUAGES.find((one) => one.id === language)?.name ?? language;
  return [
    {
      type: "menu-dropdown",
      text: spoken,
      ariaLabel: `${say.language}: ${spoken}`,
      items: LANGUAGES.map(({ id, name }) => ({ id, text: name, lang: id })),
      onItemClick: ({ detail }) => isLanguage(detail.id) && setLanguage(detail.id),
    },
    {
      type: "menu-dropdown",
      iconName: "user-profile",
      text: `${session.name} · ${words[session.role]}`,
      items: [{ id: "sign-out", text: say.signOut }],
      onItemClick: () => void signOut(),
    },
  ];
}

function Pages({ onFollow }: { onFollow: () => void }) {
  const say = useStrings(SHELL);
  const times = useTimes();
  const isEngineer = useMay("engineer");
  const isAdmin = useMay("admin");
  const { lines, chooseLine, line } = useLive();
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const pages: SideNavigationProps.Item[] = [
    { type: "link", text: say.line, href: "/" },
    { type: "link", text: say.alarms, href: "/alarms" },
    { type: "link", text: say.ask, href: "/ask" },
    { type: "link", text: say.commands, href: "/commands" },
    { type: "link", text: say.inspections, href: "/inspections" },
    { type: "link", text: say.handover, href: "/handover" },
    ...(isEngineer ? [{ type: "link", text: say.releases, href: "/releases" } as const, { type: "link", text: say.reviews, href: "/reviews" } as const] : []),
    ...(isAdmin ? [{ type: "link", text: say.accounts, href: "/accounts" } as const] : []),
  ];
  const follow = (event: CustomEvent<SideNavigationProps.FollowDetail>) => {
    event.preventDefault();
    void navigate(event.detail.href ?? "/");
    onFollow();
  };
  const several = (lines.data?.length ?? 0) > 1;
  return (
    <>
      {several && (
        <label className="line-choice">
          {say.chooseLine}
          <select value={line} onChange={(event) => chooseLine(event.target.value)}>
            {lines.data?.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name || one.id}
              </option>
            ))}
          </select>
        </label>
      )}
      <SideNavigation activeHref={activeHref(pathname)} items={pages} onFollow={follow} />
      <p className="zone-note">{say.plantTime(times.zoneName)}</p>
    </>
  );
}

function activeHref(pathname: string): string {
  const [, first = ""] = pathname.split("/");
  return `/${first}`;
}

type Titles = Record<"line" | "alarms" | "ask" | "commands" | "inspections" | "handover" | "releases" | "reviews" | "accounts", string>;

function titleOf(pathname: string, say: Titles): string {
  const titles: Record<string, string> = {
    "/": say.line,
    "/alarms": say.alarms,
    "/ask": say.ask,
    "/commands": say.commands,
    "/inspections": say.inspections,
    "/handover": say.handover,
    "/releases": say.releases,
    "/reviews": say.reviews,
    "/accounts": say.accounts,
  };
  return titles[activeHref(pathname)] ?? "";
}

/** The number of alarms stands first: a tab shows only the beginning. */
function useDocumentTitle(alarms: number, page: string): void {
  useEffect(() => {
    document.title = `${alarms ? `(${alarms}) ` : ""}${page ? `${page} · ` : ""}Lineside`;
  }, [alarms, page]);
}
