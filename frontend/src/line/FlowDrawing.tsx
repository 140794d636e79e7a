import { type KeyboardEvent, useMemo } from "react";
import type { Machine } from "../api/types";
import { PriorityMark } from "../shell/priority";
import { beyond, beyondSign, describe, type Face, faceOf, flagOf, stateText, tellingValue, valueText, type Words } from "./face";
import { folded, type Folded, inFlowOrder, layOut } from "./layout";
import { arrowOf, NODE, sizeOf, topLeft, wayOf } from "./pixels";
import { StateMark } from "./StateMark";
import { pipeKey, type Trouble } from "./trouble";

interface Props {
  name: string;
  machines: readonly Machine[];
  trouble: Trouble;
  words: Words;
  /** How wide the drawing may be, in pixels; a line that needs more is folded. */
  width: number;
  chosen: string;
  onChoose: (machine: string) => void;
  /** Nothing on it is current any more. */
  stale: boolean;
}

/** The line as material flows through it. */
export function FlowDrawing({ name, machines, trouble, words, width, chosen, onChoose, stale }: Props) {
  const shape = JSON.stringify(machines.map(({ id, feeds }) => [id, feeds]));
  // The layout depends on the flow alone; new values every second must not lay the line out again.
  // oxlint-disable-next-line react-hooks/exhaustive-deps
  const drawn = useMemo(() => drawingOf(machines, width), [shape, width]);
  const byId = new Map(machines.map((machine) => [machine.id, machine]));
  const size = sizeOf(drawn);
  return (
    <svg
      className={`flow ${stale ? "stale" : ""}`}
      viewBox={`0 0 ${size.width} ${size.height}`}
      width={size.width}
      height={size.height}
      role="group"
      aria-label={words.say.flow(name)}
    >
      <g aria-hidden="true">
        {drawn.pipes.map((pipe) => {
          const tone = trouble.ways.has(pipeKey(pipe.from, pipe.to)) ? "troubled" : "";
          return (
            <g key={pipeKey(pipe.from, pipe.to)} className={`pipe ${tone} ${pipe.backwards ? "backwards" : ""}`}>
              <path d={wayOf(pipe, drawn)} />
              <path className="arrow" d={arrowOf(pipe, drawn)} />
            </g>
          );
        })}
      </g>
      {drawn.order.map((id) => {
        const machine = byId.get(id);
        const place = drawn.places.find((one) => one.id === id);
        if (!machine || !place) return null;
        return (
          <Station
            key={id}
            machine={machine}
            face={faceOf(machine, trouble)}
            words={words}
            {...topLeft(place, drawn)}
            chosen={id === chosen}
            onChoose={() => onChoose(id)}
          />
        );
      })}
    </svg>
  );
}

/** A drawing may be shrunk a little before it is folded: text stays readable down to here. */
const SMALLEST_SCALE = 0.86;

function drawingOf(machines: readonly Machine[], width: number): Folded & { order: string[] } {
  const most = Math.max(2, Math.floor(width / (NODE.columnWidth * SMALLEST_SCALE)));
  return { ...folded(layOut(machines), most), order: inFlowOrder(machines) };
}

interface StationProps {
  machine: Machine;
  face: Face;
  words: Words;
  x: number;
  y: number;
  chosen: boolean;
  onChoose: () => void;
}

function Station({ machine, face, words, x, y, chosen, onChoose }: StationProps) {
  const pressed = (event: KeyboardEvent) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    onChoose();
  };
  const severity = face.alarm?.severity ?? "";
  const label = describe(machine, face, words);
  return (
    <g
      className={`station ${face.tone} ${severity} ${machine.buffer === null ? "" : "buffer"} ${machine.declared ? "" : "undeclared"}`}
      transform={`translate(${x} ${y})`}
      role="button"
      tabIndex={0}
      aria-label={label}
      aria-pressed={chosen}
      onClick={onChoose}
      onKeyDown={pressed}
    >
      <title>{label}</title>
      <rect className="focus" x={-5} y={-5} width={NODE.width + 10} height={NODE.height + 10} rx={8} />
      <rect className="body" width={NODE.width} height={NODE.height} rx={machine.buffer === null ? 3 : 18} />
      <StationName id={machine.id} />
      <StateMark state={machine.stale ? "offline" : machine.state} x={9} y={41} />
      <text className="state" x={26} y={51}>
        {clipped(stateText(machine, words), 22)}
      </text>
      <StationValue machine={machine} face={face} words={words} />
      {face.alarm && <AlarmFlag severity={face.alarm.severity} label={flagOf(face.alarm, words.say)} />}
    </g>
  );
}

function StationName({ id }: { id: string }) {
  const lines = inTwoLines(id, 19);
  return (
    <text className="name">
      {lines.map((text, index) => (
        <tspan key={text} x={9} y={lines.length === 1 ? 27 : 18 + index * 15}>
          {text}
        </tspan>
      ))}
    </text>
  );
}

/** Whom it waits for, else its telling value, else what it can hold. */
function StationValue({ machine, face, words }: { machine: Machine; face: Face; words: Words }) {
  const value = tellingValue(machine);
  const side = value && !value.stale ? beyond(value) : null;
  return (
    <text className={`value ${side ? "beyond" : ""} ${value?.stale && !face.waitsFor ? "old" : ""}`} x={9} y={69}>
      {clipped(lastLine(machine, face, words), 25)}
    </text>
  );
}

function lastLine(machine: Machine, face: Face, { say, numbers }: Words): string {
  const value = tellingValue(machine);
  if (face.waitsFor) return say.because(face.waitsFor);
  if (!value) return machine.buffer === null ? "" : say.buffer(machine.buffer);
  const text = valueText(value, numbers);
  if (value.stale) return `${text} · ${say.stale}`;
  const side = beyond(value);
  return side ? `${side === "above" ? "▲" : "▼"} ${text} ${beyondSign(value, numbers)}` : text;
}

function AlarmFlag({ severity, label }: { severity: "critical" | "high" | "medium" | "low"; label: string }) {
  return (
    <g className="alarm-flag" transform={`translate(${NODE.width - 76} -11)`}>
      <rect width="70" height="20" rx="3" />
      <text x="26" y="14.500">
        {label}
      </text>
      <svg x="4" y="2" width="16" height="16">
        <PriorityMark severity={severity} />
      </svg>
    </g>
  );
}

/** A long name over two lines, cut at a word where one ends. */
export function inTwoLines(name: string, longest: number): string[] {
  if (name.length <= longest) return [name];
  const cut = name.lastIndexOf(" ", longest);
  const first = cut > 0 ? name.slice(0, cut) : name.slice(0, longest);
  return [first, clipped(name.slice(first.length).trim(), longest)];
}

function clipped(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1).trimEnd()}…` : text;
}
