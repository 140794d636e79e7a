import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import Tabs from "@cloudscape-design/components/tabs";
import { useCallback, useMemo, useState } from "react";
import { useLocation, useNavigate, useSearchParams } from "react-router";
import { type Remote, useRemote } from "../api/remote";
import { useStrings } from "../i18n/language";
import { useLive } from "../shell/live";
import { Empty, RemoteView } from "../shell/RemoteView";
import { addressOfAlarm, alarmIdIn } from "./address";
import { AlarmCards } from "./AlarmCards";
import { AlarmDetail } from "./AlarmDetail";
import { AlarmTable } from "./AlarmTable";
import { type Filter, filtered, filterOf, HOURS, machinesOf, queryOf, SHOWN, type Shown } from "./filters";
import { underTheirCause } from "./folding";
import { Health } from "./Health";
import type { Alarm } from "./model";
import { readAlarm, readAlarms } from "./server";
import { ALARMS } from "./strings";
import { useNarrow } from "./useNarrow";
import { useNow } from "../shell/screen";
import "./alarms.css";

const EVERY_SECONDS = 5;

export default function AlarmsPage() {
  const say = useStrings(ALARMS);
  const [query, setQuery] = useSearchParams();
  const { pathname } = useLocation();
  const narrow = useNarrow();
  const alarmId = alarmIdIn(pathname, query);
  const filter = filterOf(query);
  const remote = useAlarms(filter.shown);
  const tab = query.get("tab") === "health" ? "health" : "alarms";
  if (narrow && alarmId) {
    return (
      <>
        <h1 className="visually-hidden">{say.title}</h1>
        <OneAlarm alarmId={alarmId} remote={remote} />
      </>
    );
  }
  return (
    <>
      <Header variant="h1">{say.title}</Header>
      <Tabs
        activeTabId={tab}
        onChange={({ detail }) => setQuery(detail.activeTabId === "health" ? { tab: "health" } : {})}
        tabs={[
          {
            id: "alarms",
            label: say.tabAlarms,
            content: <ListAndDetail filter={filter} remote={remote} alarmId={alarmId} narrow={narrow} />,
          },
          { id: "health", label: say.tabHealth, content: <Health alarms={remote.data ?? []} /> },
        ]}
      />
    </>
  );
}

/** The open alarms are known to the whole console already; those of the past hours are read here. */
function useAlarms(shown: Shown): Remote<Alarm[]> {
  const { alarms: open } = useLive();
  const hours = HOURS[shown];
  const past = useRemote(`alarms ${hours}`, (signal) => readAlarms(hours, signal), {
    everySeconds: EVERY_SECONDS,
    enabled: hours > 0,
  });
  return hours > 0 ? past : open;
}

interface ListAndDetailProps {
  filter: Filter;
  remote: Remote<Alarm[]>;
  alarmId: string;
  narrow: boolean;
}

function ListAndDetail({ filter, remote, alarmId, narrow }: ListAndDetailProps) {
  const say = useStrings(ALARMS);
  const navigate = useNavigate();
  const now = useNow(EVERY_SECONDS * 1_000);
  const open = (id: string) => void navigate(addressIn(filter, id));
  // Beside an open alarm there is no room for a table that shows everything.
  const List = narrow || alarmId ? AlarmCards : AlarmTable;
  return (
    <div className={`alarms ${alarmId ? "alarms--beside" : ""}`}>
      <div className="alarms-list">
        <Filters filter={filter} alarms={remote.data ?? []} alarmId={alarmId} />
        <RemoteView remote={remote}>
          {(alarms) => (
            <List
              groups={underTheirCause(filtered(alarms, filter))}
              selectedId={alarmId}
              now={now}
              onOpen={open}
              empty={<NothingFits filter={filter} none={alarms.length === 0} />}
            />
          )}
        </RemoteView>
        {!alarmId && !narrow && (remote.data?.length ?? 0) > 0 && <p className="pick-one">{say.pickOne}</p>}
      </div>
      {alarmId && !narrow && <OneAlarm alarmId={alarmId} remote={remote} />}
    </div>
  );
}

function addressIn(filter: Filter, alarmId: string): string {
  const rest = new URLSearchParams(queryOf(filter)).toString();
  return addressOfAlarm(alarmId) + (rest ? `&${rest}` : "");
}

function NothingFits({ filter, none }: { filter: Filter; none: boolean }) {
  const say = useStrings(ALARMS);
  const [, setQuery] = useSearchParams();
  if (none && filter.shown === "open" && !filter.machine) return <Empty title={say.nothingOpen} />;
  return (
    <Empty title={say.nothingMatches}>
      <Button variant="inline-link" onClick={() => setQuery({})}>
        {say.showAll}
      </Button>
    </Empty>
  );
}

function Filters({ filter, alarms, alarmId }: { filter: Filter; alarms: readonly Alarm[]; alarmId: string }) {
  const say = useStrings(ALARMS);
  const [, setQuery] = useSearchParams();
  const change = (next: Filter) => setQuery({ ...queryOf(next), ...(alarmId ? { alarm: alarmId } : {}) });
  const shownOption = (shown: Shown) => ({ value: shown, label: say[`shown_${shown}`] });
  const machines = [...new Set([...machinesOf(alarms), filter.machine])].filter(Boolean);
  const machineOption = (machine: string) => ({ value: machine, label: machine || say.allMachines });
  return (
    <div className="alarm-filters">
      <FormField label={say.show}>
        <Select
          selectedOption={shownOption(filter.shown)}
          options={SHOWN.map(shownOption)}
          onChange={({ detail }) => change({ ...filter, shown: detail.selectedOption.value as Shown })}
        />
      </FormField>
      <FormField label={say.machine}>
        <Select
          selectedOption={machineOption(filter.machine)}
          options={["", ...machines].map(machineOption)}
          onChange={({ detail }) => change({ ...filter, machine: detail.selectedOption.value ?? "" })}
        />
      </FormField>
    </div>
  );
}

/** One alarm, read by itself: a colleague's link must open also when no filter shows it. */
function OneAlarm({ alarmId, remote }: { alarmId: string; remote: Remote<Alarm[]> }) {
  const navigate = useNavigate();
  const [query] = useSearchParams();
  const onBack = () =>
    void navigate({ pathname: "/alarms", search: new URLSearchParams(queryOf(filterOf(query))).toString() });
  const now = useNow(EVERY_SECONDS * 1_000);
  const { alarms: live } = useLive();
  const own = useRemote(`alarm ${alarmId}`, (signal) => readAlarm(alarmId, signal), { everySeconds: EVERY_SECONDS });
  const [told, setTold] = useState<{ alarm: Alarm; at: number } | null>(null);
  const reloadOwn = own.reload;
  const reloadList = remote.reload;
  const reloadLive = live.reload;
  const changed = useCallback(
    (alarm: Alarm | null) => {
      if (alarm) setTold({ alarm, at: Date.now() });
      reloadOwn();
      reloadList();
      reloadLive();
    },
    [reloadOwn, reloadList, reloadLive],
  );
  // What the server said to an action stands until something newer was read.
  const newest = told && told.alarm.alarm_id === alarmId && told.at >= (own.readAt ?? 0) ? told.alarm : own.data;
  const shown = useMemo<Remote<Alarm>>(() => {
    const data = newest ?? remote.data?.find((alarm) => alarm.alarm_id === alarmId);
    return { ...own, data, loading: own.loading && !data };
  }, [own, newest, remote.data, alarmId]);
  return (
    <div className="alarm-beside">
      <RemoteView remote={shown}>
        {(alarm) => <AlarmDetail key={alarm.alarm_id} alarm={alarm} now={now} onChanged={changed} onBack={onBack} />}
      </RemoteView>
    </div>
  );
}
