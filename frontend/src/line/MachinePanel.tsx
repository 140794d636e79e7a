import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useState } from "react";
import { Link } from "react-router";
import type { Remote } from "../api/remote";
import type { Machine, Series, Telemetry, Value } from "../api/types";
import { Empty, RemoteView } from "../shell/RemoteView";
import { alarmText, beyond, beyondText, type Face, stateText, tellingValue, valuesInOrder, valueText, withUnit, type Words } from "./face";
import { LimitBand } from "./LimitBand";
import { Sparkline } from "./Sparkline";
import { Trend } from "./Trend";

export const WINDOWS = [30, 120, 480, 1_440] as const;
export type WindowMinutes = (typeof WINDOWS)[number];

interface Props {
  machine: Machine;
  face: Face;
  words: Words;
  /** The server's clock now, in milliseconds. */
  nowMs: number;
  minutes: WindowMinutes;
  onMinutes: (minutes: WindowMinutes) => void;
  telemetry: Remote<Telemetry>;
  onClose: () => void;
}

/** One machine beside the drawing: its values in context, and how they came to be what they are. */
export function MachinePanel({ machine, face, words, nowMs, minutes, onMinutes, telemetry, onClose }: Props) {
  const { say } = words;
  const [attribute, setAttribute] = useState("");
  const shown = attribute && attribute in machine.values ? attribute : attributeOf(machine);
  const seriesOf = (name: string) => telemetry.data?.series.find((one) => one.attribute === name);
  return (
    <Container
      header={
        <Header variant="h2" description={descriptionOf(machine, face, words)} actions={<Button iconName="close" variant="icon" ariaLabel={say.close} onClick={onClose} />}>
          {machine.id}
        </Header>
      }
    >
      {face.alarm && <Link to={`/alarms?alarm=${encodeURIComponent(face.alarm.alarm_id)}`}>{say.openAlarm}</Link>}
      <ValueTable machine={machine} words={words} nowMs={nowMs} shown={shown} onShow={setAttribute} seriesOf={seriesOf} />
      {shown && (
        <>
          <WindowChoice minutes={minutes} onMinutes={onMinutes} words={words} />
          <RemoteView remote={telemetry}>{() => <ShownTrend series={seriesOf(shown)} minutes={minutes} words={words} />}</RemoteView>
        </>
      )}
    </Container>
  );
}

function ShownTrend({ series, minutes, words }: { series: Series | undefined; minutes: WindowMinutes; words: Words }) {
  const { say } = words;
  if (!series) return <p className="muted">{say.noPoints}</p>;
  return <Trend series={series} window={say.lastWindow(windowWord(minutes, words))} words={words} />;
}

/** The attribute whose trend is shown first: the telling one, else any number. */
function attributeOf(machine: Machine): string {
  const telling = tellingValue(machine);
  const values = valuesInOrder(machine);
  const first = values.find(([, value]) => value === telling) ?? values.find(([, value]) => typeof value.value === "number");
  return first?.[0] ?? "";
}

function descriptionOf(machine: Machine, face: Face, words: Words): string {
  const { say } = words;
  return [
    stateText(machine, words),
    face.alarm && alarmText(face.alarm, say),
    face.waitsFor && say.waitsFor(face.waitsFor),
    machine.buffer !== null && say.buffer(machine.buffer),
    !machine.declared && say.undeclared,
  ]
    .filter(Boolean)
    .join(" · ");
}

interface TableProps {
  machine: Machine;
  words: Words;
  nowMs: number;
  shown: string;
  onShow: (attribute: string) => void;
  seriesOf: (attribute: string) => Series | undefined;
}

function ValueTable({ machine, words, nowMs, shown, onShow, seriesOf }: TableProps) {
  const { say } = words;
  const values = valuesInOrder(machine);
  if (values.length === 0) return <Empty title={say.noValues} />;
  return (
    <Box margin={{ vertical: "s" }}>
      <div className="table-scroll" tabIndex={0} role="region" aria-label={say.valuesOf(machine.id)}>
        <table className="values">
          <thead>
            <tr>
              <th scope="col">{say.signal}</th>
              <th scope="col">{say.value}</th>
              <th scope="col">{say.limits}</th>
              <th scope="col">{say.age}</th>
              <th scope="col">{say.trend}</th>
            </tr>
          </thead>
          <tbody>
            {values.map(([attribute, value]) => (
              <ValueRow
                key={attribute}
                value={value}
                words={words}
                ageSeconds={Math.max(0, (nowMs - Date.parse(value.observed_at)) / 1_000)}
                series={seriesOf(attribute)}
                shown={attribute === shown}
                onShow={() => onShow(attribute)}
              />
            ))}
          </tbody>
        </table>
      </div>
    </Box>
  );
}

interface RowProps {
  value: Value;
  words: Words;
  ageSeconds: number;
  series: Series | undefined;
  shown: boolean;
  onShow: () => void;
}

function ValueRow({ value, words, ageSeconds, series, shown, onShow }: RowProps) {
  const { say, numbers } = words;
  const doubt = doubtOf(value, words);
  return (
    <tr className={value.stale ? "old" : ""}>
      <th scope="row">{value.label}</th>
      <td className={beyond(value) && !value.stale ? "beyond" : ""}>
        <b>{valueText(value, numbers)}</b> {beyondText(value, words)}
        {doubt && <div className="doubt">{doubt}</div>}
      </td>
      <td>
        <LimitBand value={value} />
        <div className="muted">{limitText(value, words)}</div>
      </td>
      <td>
        {say.ago(numbers.duration(ageSeconds))}
        {value.stale && <b className="stale-word"> {say.stale}</b>}
      </td>
      <td>
        {typeof value.value === "number" && (
          <button type="button" className="trend-button" aria-pressed={shown} aria-label={say.showTrend(value.label)} onClick={onShow}>
            <Sparkline series={series} />
          </button>
        )}
      </td>
    </tr>
  );
}

function doubtOf(value: Value, { say }: Pick<Words, "say">): string {
  if (value.quality === "good" || value.quality === "") return "";
  const word = value.quality === "uncertain" ? say.uncertain : value.quality === "bad" ? say.bad : value.quality;
  return value.reason ? `${word}: ${value.reason}` : word;
}

function limitText({ limit_low: low, limit_high: high, unit, value }: Value, { say, numbers }: Words): string {
  const text = (limit: number) => withUnit(limit, unit, numbers);
  if (low !== null && high !== null) return say.within(text(low), text(high));
  if (low !== null) return say.atLeast(text(low));
  if (high !== null) return say.atMost(text(high));
  return typeof value === "number" ? say.noLimits : "";
}

function WindowChoice({ minutes, onMinutes, words }: Pick<Props, "minutes" | "onMinutes" | "words">) {
  return (
    <div className="choice" role="group" aria-label={words.say.window}>
      {WINDOWS.map((one) => (
        <button key={one} type="button" aria-pressed={one === minutes} onClick={() => onMinutes(one)}>
          {windowWord(one, words)}
        </button>
      ))}
    </div>
  );
}

function windowWord(minutes: WindowMinutes, { say }: Pick<Words, "say">): string {
  return { 30: say.minutes30, 120: say.hours2, 480: say.hours8, 1_440: say.hours24 }[minutes];
}
