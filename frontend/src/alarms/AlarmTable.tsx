import Link from "@cloudscape-design/components/link";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { type ReactNode, useState } from "react";
import { useStrings } from "../i18n/language";
import { type Numbers, useNumbers } from "../i18n/numbers";
import { type Times, useTimes } from "../i18n/times";
import { SHELL } from "../shell/strings";
import { addressOfAlarm } from "./address";
import { AlarmState } from "./AlarmState";
import type { CauseGroup } from "./folding";
import { type Alarm, lastedSeconds } from "./model";
import { SeverityMark } from "./SeverityMark";
import { ALARMS } from "./strings";
import { lossStates, titleOf } from "./titles";

type Row = { key: string } & (
  { is: "alarm"; alarm: Alarm; under: Row[] } | { is: "victim"; victim: Alarm["victims"][number]; cause: string }
);

export interface ListProps {
  groups: readonly CauseGroup[];
  selectedId: string;
  now: number;
  onOpen: (alarmId: string) => void;
  empty: ReactNode;
}

/** Cause first; what it holds up unfolds under it. */
export function AlarmTable({ groups, selectedId, now, onOpen, empty }: ListProps) {
  const say = useStrings(ALARMS);
  const rows = groups.map(({ cause, consequences }) => alarmRow(cause, consequences));
  const [expandedKeys, setExpandedKeys] = useState<readonly string[]>([]);
  const columns = useColumns(onOpen, now);
  const selected = rows.filter((row) => row.key === selectedId);
  return (
    <Table
      variant="embedded"
      contentDensity="compact"
      columnDefinitions={columns}
      items={rows}
      trackBy="key"
      selectedItems={selected}
      empty={empty}
      enableKeyboardNavigation
      expandableRows={{
        getItemChildren: (row) => (row.is === "alarm" ? row.under : []),
        isItemExpandable: (row) => row.is === "alarm" && row.under.length > 0,
        expandedItems: allRows(rows).filter((row) => expandedKeys.includes(row.key)),
        onExpandableItemToggle: ({ detail: { item, expanded } }) =>
          setExpandedKeys((was) => (expanded ? [...was, item.key] : was.filter((key) => key !== item.key))),
      }}
      ariaLabels={{
        tableLabel: say.title,
        expandButtonLabel: (row) => say.showVictims(row.is === "alarm" ? row.alarm.device : ""),
        collapseButtonLabel: (row) => say.hideVictims(row.is === "alarm" ? row.alarm.device : ""),
        selectionGroupLabel: say.title,
      }}
    />
  );
}

function alarmRow(alarm: Alarm, consequences: readonly Alarm[]): Row {
  const victims = alarm.victims.map<Row>((victim) => ({
    key: `${alarm.alarm_id} ${victim.device}`,
    is: "victim",
    victim,
    cause: alarm.device,
  }));
  return {
    key: alarm.alarm_id,
    is: "alarm",
    alarm,
    under: [...victims, ...consequences.map((one) => alarmRow(one, []))],
  };
}

function allRows(rows: readonly Row[]): Row[] {
  return rows.flatMap((row) => (row.is === "alarm" ? [row, ...allRows(row.under)] : [row]));
}

function useColumns(onOpen: (alarmId: string) => void, now: number): TableProps.ColumnDefinition<Row>[] {
  const say = useStrings(ALARMS);
  const words = useStrings(SHELL);
  const numbers = useNumbers();
  const times = useTimes();
  const column = (
    id: string,
    header: string,
    ofAlarm: (alarm: Alarm) => ReactNode,
    ofVictim: (row: Row & { is: "victim" }) => ReactNode = () => null,
    more: Partial<TableProps.ColumnDefinition<Row>> = {},
  ): TableProps.ColumnDefinition<Row> => ({
    id,
    header,
    cell: (row) => (row.is === "alarm" ? ofAlarm(row.alarm) : ofVictim(row)),
    ...more,
  });
  return [
    column(
      "cause",
      say.columnCause,
      (alarm) => <OpenLink alarm={alarm} title={titleOf(alarm, words)} onOpen={onOpen} />,
      ({ victim, cause }) => (
        <span className="victim-name">
          {victim.device}: {lossStates(victim.state, say) || say.victimOf(cause)}
        </span>
      ),
      { isRowHeader: true, minWidth: 220 },
    ),
    column("priority", say.columnPriority, (alarm) => <SeverityMark alarm={alarm} />),
    column("state", say.columnState, (alarm) => <AlarmState alarm={alarm} />),
    column("since", say.columnSince, (alarm) => sinceCell(alarm, times, numbers, now)),
    column(
      "lost",
      say.columnLost,
      (alarm) => say.lostMinutes(numbers.minutes(alarm.lost_seconds)),
      ({ victim }) => say.lostMinutes(numbers.minutes(victim.lost_seconds)),
    ),
  ];
}

function sinceCell(alarm: Alarm, times: Times, numbers: Numbers, now: number): ReactNode {
  return (
    <span className="since">
      {times.dayAndClock(alarm.onset)} <small>{numbers.duration(lastedSeconds(alarm, now))}</small>
    </span>
  );
}

function OpenLink({ alarm, title, onOpen }: { alarm: Alarm; title: string; onOpen: (alarmId: string) => void }) {
  const open = (event: CustomEvent) => {
    event.preventDefault();
    onOpen(alarm.alarm_id);
  };
  return (
    <Link href={addressOfAlarm(alarm.alarm_id)} onFollow={open}>
      {title}
    </Link>
  );
}
