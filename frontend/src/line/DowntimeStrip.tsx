import type { Losses, MachineRuns } from "../api/types";
import { stateWord, type Words } from "./face";
import { StateMark } from "./StateMark";

const WIDTH = 1_000;
const HEIGHT = 18;
/** In the order in which they are told: what is worst first. */
const TOLD = ["down", "blocked", "starved", "unknown"] as const;

/** What every machine did over the window: a strip each, and the same in numbers. */
export function DowntimeStrip({ losses, words }: { losses: Losses; words: Words }) {
  const { say } = words;
  const others = otherStates(losses.machines);
  return (
    <div className="downtime">
      <Patterns />
      <ul className="legend" aria-hidden="true">
        {["running", ...TOLD, ...others].map((state) => (
          <li key={state}>
            <svg width="18" height="12">
              <rect className={classOf(state)} width="18" height="12" />
            </svg>
            {stateWord(state, say)}
          </li>
        ))}
      </ul>
      <div className="table-scroll" tabIndex={0} role="region" aria-label={say.states}>
        <table>
          <thead>
            <tr>
              <th scope="col">{say.machine}</th>
              <th scope="col" className="strip-cell">
                <ScaleOf losses={losses} words={words} />
              </th>
              {TOLD.map((state) => (
                <th key={state} scope="col" className="number">
                  <StateMarkInline state={state} /> {stateWord(state, say)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {losses.machines.map((one) => (
              <MachineRow key={one.machine} one={one} losses={losses} words={words} />
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function StateMarkInline({ state }: { state: string }) {
  return (
    <span className="inline-mark">
      <StateMark state={state} />
    </span>
  );
}

function MachineRow({ one, losses, words }: { one: MachineRuns; losses: Losses; words: Words }) {
  const start = Date.parse(losses.since);
  const span = Date.parse(losses.until) - start || 1;
  const x = (instant: string) => Math.min(WIDTH, Math.max(0, ((Date.parse(instant) - start) / span) * WIDTH));
  return (
    <tr>
      <th scope="row">
        {one.machine} <span className="in-words">{inWords(one, words)}</span>
      </th>
      <td className="strip-cell">
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={words.say.courseOf(one.machine, inWords(one, words))}>
          <rect className="run none" width={WIDTH} height={HEIGHT} />
          {one.runs.map((run) => (
            <rect key={run.since} className={classOf(run.state)} x={x(run.since)} width={Math.max(1, x(run.until) - x(run.since))} height={HEIGHT} />
          ))}
        </svg>
      </td>
      {TOLD.map((state) => (
        <td key={state} className="number">
          {one.seconds[state] ? words.numbers.duration(one.seconds[state]) : "–"}
        </td>
      ))}
    </tr>
  );
}

function inWords({ seconds }: MachineRuns, { say, numbers }: Words): string {
  const told = Object.entries(seconds).filter(([state, time]) => state !== "running" && time > 0);
  if (told.length === 0) return say.nothingLost;
  return told.map(([state, time]) => say.partOf(stateWord(state, say), numbers.duration(time))).join(", ");
}

/** Five instants along the window. */
function ScaleOf({ losses, words }: { losses: Losses; words: Words }) {
  const start = Date.parse(losses.since);
  const end = Date.parse(losses.until);
  const marks = [0, 0.25, 0.5, 0.75, 1].map((share) => start + (end - start) * share);
  return (
    <span className="scale">
      {marks.map((mark) => (
        <span key={mark}>{words.times.clock(mark)}</span>
      ))}
    </span>
  );
}

function otherStates(machines: readonly MachineRuns[]): string[] {
  const known = new Set<string>(["running", ...TOLD]);
  return [...new Set(machines.flatMap((one) => one.runs.map((run) => run.state)))].filter((state) => !known.has(state));
}

function classOf(state: string): string {
  return `run ${["running", ...TOLD].includes(state) ? state : "other"}`;
}

/** Hatchings, so that the strip can be read without colour and on paper. */
function Patterns() {
  return (
    <svg width="0" height="0" aria-hidden="true" className="patterns">
      <defs>
        <pattern id="hatch-blocked" width="6" height="6" patternUnits="userSpaceOnUse">
          <rect width="6" height="6" fill="#c6cacd" />
          <path d="M0 6 L6 0 M-1 1 L1 -1 M5 7 L7 5" stroke="#4d565c" strokeWidth="1.600" />
        </pattern>
        <pattern id="hatch-starved" width="5" height="5" patternUnits="userSpaceOnUse">
          <rect width="5" height="5" fill="#f2f3f3" />
          <circle cx="2.500" cy="2.500" r="1.200" fill="#4d565c" />
        </pattern>
      </defs>
    </svg>
  );
}
