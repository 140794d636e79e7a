import LiveRegion from "@cloudscape-design/components/live-region";
import { useState } from "react";
import { Link } from "react-router";
import type { Command } from "../commands/model";
import { COMMANDS } from "../commands/strings";
import { useNameOf } from "../commands/useNameOf";
import { useStrings } from "../i18n/language";
import { PROPOSALS } from "./strings";

/** What became of what was proposed here, as the server told it. */
export function useTold() {
  const [command, tell] = useState<Command | null>(null);
  return { command, tell };
}

export function Told({ command }: { command: Command | null }) {
  const say = useStrings(PROPOSALS);
  const words = useStrings(COMMANDS);
  const nameOf = useNameOf();
  return (
    <LiveRegion>
      {command && (
        <p className="proposal-told">
          {words.stands(nameOf(command), command.label)} <Link to="/commands">{say.toCommands}</Link>
        </p>
      )}
    </LiveRegion>
  );
}
