import { useActing } from "../api/acting";
import { useStrings } from "../i18n/language";
import { ActDialog, Effect } from "../releases/ActDialog";
import type { Command } from "./model";
import { withdraw } from "./server";
import { COMMANDS } from "./strings";
import { useNameOf } from "./useNameOf";

interface Props {
  command: Command;
  onCancel: () => void;
  onDone: (command: Command) => void;
  onFailed: () => void;
}

export function WithdrawDialog({ command, onCancel, onDone, onFailed }: Props) {
  const say = useStrings(COMMANDS);
  const nameOf = useNameOf();
  const acting = useActing();
  const send = async (note: string) => {
    const said = await acting.run(() => withdraw(command.command_id, note));
    if (said) onDone(said);
    else onFailed();
  };
  return (
    <ActDialog header={say.withdrawTitle(nameOf(command))} doLabel={say.doWithdraw} words="note" acting={acting} onCancel={onCancel} onDo={(note) => void send(note)}>
      <Effect>{say.withdrawEffect}</Effect>
    </ActDialog>
  );
}
