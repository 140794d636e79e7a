import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useStrings } from "../i18n/language";
import { Empty } from "../shell/RemoteView";
import { CommandCard, type CommandActs } from "./CommandCard";
import { byStage, type Command, type Point, type Stage } from "./model";
import { COMMANDS } from "./strings";

interface Props extends CommandActs {
  commands: readonly Command[];
  points: readonly Point[];
  now: number;
}

/** So many that ended are shown at first: what somebody must look at stays near. */
const ENDED_AT_FIRST = 5;

/** Those that wait for a person first, then those on their way, then those that ended, each newest first. */
export function CommandList({ commands, ...rest }: Props) {
  const say = useStrings(COMMANDS);
  if (commands.length === 0) return <Empty title={say.listNone} />;
  return (
    <>
      {byStage(commands).map(([stage, own]) => (
        <OneStage key={stage} stage={stage} commands={own} {...rest} />
      ))}
    </>
  );
}

function OneStage({ stage, commands, ...rest }: Props & { stage: Stage }) {
  const say = useStrings(COMMANDS);
  const [all, setAll] = useState(false);
  const shown = stage === "ended" && !all ? commands.slice(0, ENDED_AT_FIRST) : commands;
  if (commands.length === 0) return stage === "waiting" ? <p className="muted">{say.noneWaiting}</p> : null;
  return (
    <section>
      <h3>{say[`stage_${stage}`]}</h3>
      <ul className="commands" aria-label={say[`stage_${stage}`]}>
        {shown.map((command) => (
          <CommandCard key={command.command_id} command={command} {...rest} />
        ))}
      </ul>
      {shown.length < commands.length && (
        <Button variant="inline-link" onClick={() => setAll(true)}>
          {say.showAll(commands.length - shown.length)}
        </Button>
      )}
    </section>
  );
}
