import Button from "@cloudscape-design/components/button";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { addressOfAlarm } from "../alarms/address";
import { useStrings } from "../i18n/language";
import { useNumbers } from "../i18n/numbers";
import { useTimes } from "../i18n/times";
import { useSession } from "../session/session";
import { type Command, hindranceOf, mayWithdraw, type Point, pointOf, secondsLeft, stageOf } from "./model";
import { useQuantity } from "./quantity";
import { RiskTag } from "./RiskTag";
import { StatusMark } from "./StatusMark";
import { COMMANDS } from "./strings";
import { useNameOf } from "./useNameOf";

export interface CommandActs {
  onDecide: (command: Command) => void;
  onWithdraw: (command: Command) => void;
}

interface Props extends CommandActs {
  command: Command;
  points: readonly Point[];
  now: number;
}

/** One command: how it stands in the server's words, what it asks for, who had a hand in it, and what can be done. */
export function CommandCard({ command, points, now, onDecide, onWithdraw }: Props) {
  const nameOf = useNameOf();
  return (
    <li>
      <StatusMark command={command} />
      <p className="command-what">
        <b>{nameOf(command)}</b> <RiskTag risk={command.risk} />
      </p>
      {stageOf(command) === "waiting" && <Countdown command={command} now={now} />}
      <Facts command={command} />
      <Acts command={command} point={pointOf(points, command)} onDecide={() => onDecide(command)} onWithdraw={() => onWithdraw(command)} />
    </li>
  );
}

function Countdown({ command, now }: { command: Command; now: number }) {
  const say = useStrings(COMMANDS);
  const numbers = useNumbers();
  const times = useTimes();
  const left = secondsLeft(command, now);
  return <p className="countdown">{left ? say.expiresIn(numbers.duration(left), times.second(command.expires_at)) : say.expiresNow}</p>;
}

function Facts({ command }: { command: Command }) {
  const say = useStrings(COMMANDS);
  const quantity = useQuantity();
  const times = useTimes();
  const { readback, channel, justification, alarm_id: alarm } = command;
  const channels: Record<string, string> = { agent: say.by_assistant, voice: say.by_voice, automatic: say.by_automatic };
  const how = channels[channel] ? `${command.proposed_by} (${channels[channel]})` : command.proposed_by;
  const facts: [string, ReactNode][] = [[say.proposed, say.atBy(times.dayAndClock(command.proposed_at), how)]];
  if (command.approved_by) facts.push([say.approved, say.atBy(whenOf(command.approved_at, times.dayAndClock), command.approved_by)]);
  if (command.sent_at) facts.push([say.sent, times.second(command.sent_at)]);
  if (command.acknowledged_at) facts.push([say.acknowledged, times.second(command.acknowledged_at)]);
  if (readback) facts.push([say.readbackSeen, say.readbackAt(quantity(readback.value, readback.unit), times.second(readback.observed_at))]);
  if (command.ended_at) facts.push([say.ended, times.second(command.ended_at)]);
  if (alarm) facts.push([say.alarm, <Link key="alarm" to={addressOfAlarm(alarm)}>{say.openAlarm}</Link>]);
  return (
    <dl className="command-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      {justification && (
        <div className="long">
          <dt>{say.reason}</dt>
          <dd>{justification}</dd>
        </div>
      )}
    </dl>
  );
}

function whenOf(instant: string | null, told: (instant: string) => string): string {
  return instant ? told(instant) : "–";
}

interface ActsProps {
  command: Command;
  point: Point | undefined;
  onDecide: () => void;
  onWithdraw: () => void;
}

function Acts({ command, point, onDecide, onWithdraw }: ActsProps) {
  const say = useStrings(COMMANDS);
  const nameOf = useNameOf();
  const person = useSession();
  const waits = stageOf(command) === "waiting";
  const hindrance = waits ? hindranceOf(command, point, person) : null;
  const decides = waits && hindrance !== "viewer" && hindrance !== "own";
  const takesBack = mayWithdraw(command, person);
  if (!decides && !takesBack) return null;
  return (
    <>
      {hindrance === "own" && <p className="muted">{say.hindrance_own}</p>}
      <div className="command-acts">
        {decides && (
          <Button variant="primary" onClick={onDecide} ariaLabel={say.decideFor(nameOf(command))}>
            {say.decide}
          </Button>
        )}
        {takesBack && (
          <Button onClick={onWithdraw} ariaLabel={say.withdrawFor(nameOf(command))}>
            {say.withdraw}
          </Button>
        )}
      </div>
    </>
  );
}
