import Header from "@cloudscape-design/components/header";
import LiveRegion from "@cloudscape-design/components/live-region";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { readAlarm } from "../alarms/server";
import { titleOf } from "../alarms/titles";
import { type Remote, useRemote } from "../api/remote";
import type { Alarm } from "../api/types";
import { AutomaticRows } from "../automation/AutomaticRows";
import { useStrings } from "../i18n/language";
import { useMay } from "../session/session";
import { useLive } from "../shell/live";
import { Empty, RemoteView } from "../shell/RemoteView";
import { useNow } from "../shell/screen";
import { SHELL } from "../shell/strings";
import { AuditLog } from "./AuditLog";
import { Automation } from "./Automation";
import { CommandList } from "./CommandList";
import { DecideDialog } from "./DecideDialog";
import { type Command, type Point, pointOf } from "./model";
import { Points } from "./Points";
import { ProposeDialog } from "./ProposeDialog";
import { readCommands, readPoints } from "./server";
import { COMMANDS } from "./strings";
import { useNameOf } from "./useNameOf";
import { WithdrawDialog } from "./WithdrawDialog";
import "../alarms/pieces.css";
import "./commands.css";

const COMMANDS_EVERY_SECONDS = 2;
const POINTS_EVERY_SECONDS = 5;

export default function CommandsPage() {
  const say = useStrings(COMMANDS);
  const points = useRemote("command points", readPoints, { everySeconds: POINTS_EVERY_SECONDS });
  const commands = useRemote("commands", readCommands, { everySeconds: COMMANDS_EVERY_SECONDS });
  const notHere = points.failure?.status === 404 && points.data === undefined;
  return (
    <>
      <Header variant="h1" description={say.why}>
        {say.title}
      </Header>
      {notHere ? <Empty title={say.notHere}>{say.notHereWhy}</Empty> : <Everything points={points} commands={commands} />}
    </>
  );
}

/** What somebody is about to do; nothing is done before the second click. */
type Intent = { act: "propose"; point: Point } | { act: "decide" | "withdraw"; command: Command };

interface Remotes {
  points: Remote<Point[]>;
  commands: Remote<Command[]>;
}

function Everything({ points, commands }: Remotes) {
  const say = useStrings(COMMANDS);
  const nameOf = useNameOf();
  const [intent, setIntent] = useState<Intent | null>(null);
  const [told, setTold] = useState("");
  const isEngineer = useMay("engineer");
  const mayAct = useMay("operator");
  const [query] = useSearchParams();
  const alarmId = query.get("alarm") ?? "";
  const begin = (next: Intent) => {
    setTold("");
    setIntent(next);
  };
  const reload = () => {
    commands.reload();
    points.reload();
  };
  const done = (command: Command) => {
    setIntent(null);
    setTold(say.stands(nameOf(command), command.label));
    reload();
  };
  return (
    <div className="commands-page">
      <Automation onTold={setTold} />
      {!mayAct && <p className="muted">{say.onlyOperators}</p>}
      <LiveRegion>{told ? <p className="told">{told}</p> : null}</LiveRegion>
      <div className="commands-columns">
        <section aria-labelledby="commands-title">
          <h2 id="commands-title">{say.list}</h2>
          <Listed commands={commands} points={points.data ?? []} onIntent={begin} />
        </section>
        <section aria-labelledby="points-title">
          <h2 id="points-title">{say.points}</h2>
          <Settable remote={points} alarmId={alarmId} onIntent={begin} />
        </section>
      </div>
      <AutomaticRows onTold={setTold} />
      {isEngineer && <AuditLog />}
      {intent && <Asked intent={intent} points={points.data ?? []} commands={commands.data ?? []} alarmId={alarmId} onCancel={() => setIntent(null)} onDone={done} onFailed={reload} />}
    </div>
  );
}

function Listed({ commands, points, onIntent }: { commands: Remote<Command[]>; points: readonly Point[]; onIntent: (intent: Intent) => void }) {
  const now = useNow(1_000);
  return (
    <RemoteView remote={commands}>
      {(all) => (
        <CommandList
          commands={all}
          points={points}
          now={now}
          onDecide={(command) => onIntent({ act: "decide", command })}
          onWithdraw={(command) => onIntent({ act: "withdraw", command })}
        />
      )}
    </RemoteView>
  );
}

/** Where somebody comes from an alarm, only the machine that caused it. */
function Settable({ remote, alarmId, onIntent }: { remote: Remote<Point[]>; alarmId: string; onIntent: (intent: Intent) => void }) {
  const say = useStrings(COMMANDS);
  const { lines } = useLive();
  const alarm = useRemote(`alarm of the commands ${alarmId}`, (signal) => readAlarm(alarmId, signal), { enabled: alarmId !== "" });
  const several = (lines.data?.length ?? 0) > 1;
  const nameOfLine = (line: string) => (several ? lines.data?.find(({ id }) => id === line)?.name || line : "");
  const cause = alarmId ? alarm.data : undefined;
  return (
    <>
      {alarmId && <BecauseOf alarm={cause} />}
      <RemoteView remote={alarm.loading ? { ...remote, data: undefined, loading: true } : remote}>
        {(all) => {
          const shown = cause ? all.filter(({ line, device }) => line === cause.line && device === cause.cause) : all;
          if (cause && shown.length === 0) return <Empty title={say.pointsNoneHere(cause.cause)} />;
          return <Points points={shown} nameOfLine={nameOfLine} onPropose={(point) => onIntent({ act: "propose", point })} />;
        }}
      </RemoteView>
    </>
  );
}

function BecauseOf({ alarm }: { alarm: Alarm | undefined }) {
  const say = useStrings(COMMANDS);
  const words = useStrings(SHELL);
  return (
    <p className="told">
      {alarm ? say.forAlarm(titleOf(alarm, words)) : say.forSomeAlarm} <Link to="/commands">{say.withoutAlarm}</Link>
    </p>
  );
}

interface AskedProps {
  intent: Intent;
  points: readonly Point[];
  commands: readonly Command[];
  alarmId: string;
  onCancel: () => void;
  onDone: (command: Command) => void;
  onFailed: () => void;
}

function Asked({ intent, points, commands, alarmId, ...rest }: AskedProps) {
  const now = useNow(1_000);
  if (intent.act === "propose") return <ProposeDialog point={pointOf(points, intent.point) ?? intent.point} alarmId={alarmId} {...rest} />;
  const { command } = intent;
  if (intent.act === "withdraw") return <WithdrawDialog command={command} {...rest} />;
  const current = commands.find((one) => one.command_id === command.command_id);
  return <DecideDialog seen={command} current={current} point={pointOf(points, command)} now={now} {...rest} />;
}
