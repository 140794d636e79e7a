import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import { answerOf, client } from "../api/client";
import { type Remote, useRemote } from "../api/remote";
import type { Alarm, LineSummary, Site } from "../api/types";
import { ZoneContext } from "../i18n/times";

const ALARMS_EVERY_SECONDS = 5;
const LINES_EVERY_SECONDS = 30;
const STORED_AS = "lineside-line";

/** What every page needs to know: the site, its lines, the line that is looked at, and the open alarms. */
interface Live {
  site: Site | undefined;
  lines: Remote<LineSummary[]>;
  /** The id of the chosen line, "" before the lines are known. */
  line: string;
  chooseLine: (line: string) => void;
  /** The open alarms of the whole site, most urgent first. `reload` after something was done to one. */
  alarms: Remote<Alarm[]>;
}

const LiveContext = createContext<Live | null>(null);

export function LiveProvider({ children }: { children: ReactNode }) {
  const sites = useRemote("sites", (signal) => answerOf(client.GET("/api/sites", { signal })));
  const lines = useRemote("lines", (signal) => answerOf(client.GET("/api/lines", { signal })), {
    everySeconds: LINES_EVERY_SECONDS,
  });
  const alarms = useRemote("alarms", (signal) => answerOf(client.GET("/api/alarms", { signal })), {
    everySeconds: ALARMS_EVERY_SECONDS,
  });
  const [chosen, setChosen] = useState(() => localStorage.getItem(STORED_AS) ?? "");
  const line = lineOf(chosen, lines.data);
  const site = sites.data?.[0];

  const live = useMemo<Live>(
    () => ({
      site,
      lines,
      line,
      chooseLine: (next) => {
        localStorage.setItem(STORED_AS, next);
        setChosen(next);
      },
      alarms,
    }),
    [site, lines, line, alarms],
  );
  return (
    <LiveContext.Provider value={live}>
      <ZoneContext.Provider value={site?.timezone ?? "UTC"}>{children}</ZoneContext.Provider>
    </LiveContext.Provider>
  );
}

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error("useLive stands outside a LiveProvider");
  return live;
}

/** The chosen line if the site has it, else its first. */
function lineOf(chosen: string, lines: LineSummary[] | undefined): string {
  if (!lines) return "";
  return (lines.find((line) => line.id === chosen) ?? lines[0])?.id ?? "";
}
