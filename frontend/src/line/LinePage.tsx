import "./line.css";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { type LineNow, useLine, useLosses, useTelemetry } from "../api/line";
import { type Remote, useContact } from "../api/remote";
import type { Alarm, Line, Machine } from "../api/types";
import { useStrings } from "../i18n/language";
import { useNumbers } from "../i18n/numbers";
import { useTimes } from "../i18n/times";
import { useLive } from "../shell/live";
import { Empty, RemoteView } from "../shell/RemoteView";
import { useNow, useWidth } from "../shell/screen";
import { DowntimeStrip } from "./DowntimeStrip";
import { faceOf, stateText, type Words } from "./face";
import { FlowDrawing } from "./FlowDrawing";
import { FlowStrip } from "./FlowStrip";
import { LossTree } from "./LossTree";
import { MachinePanel, type WindowMinutes } from "./MachinePanel";
import { LINE } from "./strings";
import { type Trouble, troubleOf } from "./trouble";

const NARROW_PIXELS = 640;
/** The line is read every two seconds; this long without an answer is no hiccup any more. */
const STALE_MS = 15_000;

export default function LinePage() {
  const { line, lines, alarms } = useLive();
  const [address, setAddress] = useSearchParams();
  const isStreamed = lines.data?.find((one) => one.id === line)?.streamed ?? false;
  const now = useLine(line, isStreamed);
  const words = useWords();
  const choose = useCallback((id: string) => setAddress(id ? { machine: id } : {}), [setAddress]);
  if (lines.data?.length === 0) return <Empty title={words.say.noLine}>{words.say.noLineWhy}</Empty>;
  return (
    <SpaceBetween size="l">
      <RemoteView remote={line ? now : { ...now, ...failureOf(lines) }}>
        {(known) => (
          <LiveLine known={known} readAt={now.readAt ?? 0} alarms={alarms.data ?? []} words={words} chosen={address.get("machine") ?? ""} onChoose={choose} />
        )}
      </RemoteView>
      <Past line={line} words={words} />
    </SpaceBetween>
  );
}

/** As long as the lines are not known, their reading is what this page waits for. */
function failureOf(lines: Remote<unknown>): Pick<Remote<LineNow>, "failure" | "loading" | "reload"> {
  return { failure: lines.failure, loading: lines.loading, reload: lines.reload };
}

export function useWords(): Words {
  const say = useStrings(LINE);
  const times = useTimes();
  const numbers = useNumbers();
  return useMemo(() => ({ say, times, numbers }), [say, times, numbers]);
}

interface LiveLineProps {
  known: LineNow;
  readAt: number;
  alarms: readonly Alarm[];
  words: Words;
  chosen: string;
  onChoose: (machine: string) => void;
}

function LiveLine({ known, readAt, alarms, words, chosen, onChoose }: LiveLineProps) {
  const { line, aheadMs } = known;
  const contact = useContact();
  const now = useNow(1_000);
  const stale = contact.state !== "online" || now - readAt > STALE_MS;
  const trouble = useMemo(() => troubleOf(line.machines, alarms.filter((one) => one.line === line.id)), [line, alarms]);
  const machine = line.machines.find((one) => one.id === chosen);
  return (
    <SpaceBetween size="l">
      <LineDrawing line={line} trouble={trouble} words={words} readAt={readAt} chosen={chosen} onChoose={onChoose} stale={stale} />
      {machine && <ChosenMachine key={machine.id} line={line.id} machine={machine} trouble={trouble} words={words} nowMs={now + aheadMs} onClose={() => onChoose("")} />}
    </SpaceBetween>
  );
}

interface DrawingProps {
  line: Line;
  trouble: Trouble;
  words: Words;
  readAt: number;
  chosen: string;
  onChoose: (machine: string) => void;
  stale: boolean;
}

function LineDrawing({ line, trouble, words, readAt, chosen, onChoose, stale }: DrawingProps) {
  const { say, times } = words;
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder);
  const machines = line.machines.filter((one) => one.declared || isInFlow(one, line.machines));
  const shared = { name: line.name || line.id, machines, trouble, words, chosen, onChoose, stale };
  const asOf = say.asOf(times.second(readAt));
  return (
    <Container header={<Header variant="h1" description={stale ? `${say.notCurrent}: ${asOf}` : `${asOf}, ${times.zoneName}`}>{line.name || line.id}</Header>}>
      <div ref={holder} className="flow-holder">
        {line.machines.length === 0 && <Empty title={say.noMachines}>{say.noMachinesWhy}</Empty>}
        {width > 0 && width < NARROW_PIXELS && <FlowStrip {...shared} />}
        {width >= NARROW_PIXELS && machines.length > 0 && <FlowDrawing {...shared} width={width} />}
        <Besides machines={line.machines.filter((one) => !machines.includes(one))} words={words} chosen={chosen} onChoose={onChoose} />
      </div>
    </Container>
  );
}

function isInFlow(machine: Machine, machines: readonly Machine[]): boolean {
  return machine.feeds.length > 0 || machines.some((one) => one.feeds.includes(machine.id));
}

/** Devices that nobody declared have no place in the flow; they are watched all the same. */
function Besides({ machines, words, chosen, onChoose }: Pick<DrawingProps, "words" | "chosen" | "onChoose"> & { machines: readonly Machine[] }) {
  if (machines.length === 0) return null;
  return (
    <div className="besides">
      {words.say.besides}
      <ul>
        {machines.map((one) => (
          <li key={one.id}>
            <button type="button" aria-pressed={one.id === chosen} onClick={() => onChoose(one.id)}>
              {one.id} · {stateText(one, words)}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

interface ChosenProps {
  line: string;
  machine: Machine;
  trouble: Trouble;
  words: Words;
  nowMs: number;
  onClose: () => void;
}

function ChosenMachine({ line, machine, trouble, words, nowMs, onClose }: ChosenProps) {
  const [minutes, setMinutes] = useState<WindowMinutes>(30);
  const telemetry = useTelemetry(line, machine.id, minutes);
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    panel.current?.scrollIntoView({ block: "nearest" });
    panel.current?.focus({ preventScroll: true });
  }, []);
  return (
    <section ref={panel} tabIndex={-1} aria-label={words.say.panelOf(machine.id)} className="machine-panel">
      <MachinePanel
        machine={machine}
        face={faceOf(machine, trouble)}
        words={words}
        nowMs={nowMs}
        minutes={minutes}
        onMinutes={setMinutes}
        telemetry={telemetry}
        onClose={onClose}
      />
    </section>
  );
}

const PAST_HOURS = [24, 8, 2] as const;

function Past({ line, words }: { line: string; words: Words }) {
  const [hours, setHours] = useState<(typeof PAST_HOURS)[number]>(24);
  const losses = useLosses(line, hours);
  const { say } = words;
  const choice = (
    <div className="choice" role="group" aria-label={say.window}>
      {PAST_HOURS.map((one) => (
        <button key={one} type="button" aria-pressed={one === hours} onClick={() => setHours(one)}>
          {{ 24: say.hours24, 8: say.hours8, 2: say.hours2 }[one]}
        </button>
      ))}
    </div>
  );
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header variant="h2" actions={choice}>
            {say.day}
          </Header>
        }
      >
        <RemoteView remote={losses}>{(known) => <DowntimeStrip losses={known} words={words} />}</RemoteView>
      </Container>
      <Container header={<Header variant="h2">{say.losses}</Header>}>
        <RemoteView remote={losses}>{(known) => <LossTree losses={known} words={words} />}</RemoteView>
      </Container>
    </SpaceBetween>
  );
}
