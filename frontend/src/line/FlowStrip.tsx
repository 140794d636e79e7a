import type { Machine } from "../api/types";
import { PriorityMark } from "../shell/priority";
import { beyond, beyondText, type Face, faceOf, flagOf, stateText, tellingValue, valueText, type Words } from "./face";
import { inFlowOrder } from "./layout";
import { StateMark } from "./StateMark";
import type { Trouble } from "./trouble";

interface Props {
  name: string;
  machines: readonly Machine[];
  trouble: Trouble;
  words: Words;
  chosen: string;
  onChoose: (machine: string) => void;
  stale: boolean;
}

/** The same line for a narrow screen: one row a machine, in the order of the flow. */
export function FlowStrip({ name, machines, trouble, words, chosen, onChoose, stale }: Props) {
  const byId = new Map(machines.map((machine) => [machine.id, machine]));
  return (
    <ol className={`flow-strip ${stale ? "stale" : ""}`} aria-label={words.say.flow(name)}>
      {inFlowOrder(machines).map((id) => {
        const machine = byId.get(id);
        if (!machine) return null;
        return (
          <li key={id}>
            <Row machine={machine} face={faceOf(machine, trouble)} words={words} chosen={id === chosen} onChoose={() => onChoose(id)} />
          </li>
        );
      })}
    </ol>
  );
}

interface RowProps {
  machine: Machine;
  face: Face;
  words: Words;
  chosen: boolean;
  onChoose: () => void;
}

function Row({ machine, face, words, chosen, onChoose }: RowProps) {
  const { say, numbers } = words;
  const value = tellingValue(machine);
  return (
    <button type="button" className={`strip-row ${face.tone} ${face.alarm?.severity ?? ""}`} aria-pressed={chosen} onClick={onChoose}>
      <StateMark state={machine.stale ? "offline" : machine.state} />
      <span className="strip-name">
        {machine.id}
        {face.alarm && (
          <b className="strip-flag">
            <PriorityMark severity={face.alarm.severity} /> {flagOf(face.alarm, say)}
          </b>
        )}
      </span>
      <span className="strip-state">
        {[stateText(machine, words), face.waitsFor && say.waitsFor(face.waitsFor), !machine.declared && say.undeclared].filter(Boolean).join(" · ")}
      </span>
      {value && (
        <span className={`strip-value ${beyond(value) && !value.stale ? "beyond" : ""} ${value.stale ? "old" : ""}`}>
          {valueText(value, numbers)} {value.stale ? say.stale : beyondText(value, words)}
        </span>
      )}
    </button>
  );
}
