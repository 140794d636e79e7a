import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import { useRemote } from "../api/remote";
import { type Command, type Point, pointOf, type Start } from "../commands/model";
import { ProposeDialog } from "../commands/ProposeDialog";
import { readPoints } from "../commands/server";
import { COMMANDS } from "../commands/strings";
import { useReturnFocus } from "../documents/useReturnFocus";
import { useStrings } from "../i18n/language";
import { useSentence } from "../shell/RemoteView";
import { PROPOSALS } from "./strings";

interface Props {
  /** Which set-point; its value in force and its bounds are read anew. */
  place: Pick<Point, "device" | "attribute">;
  alarmId: string;
  start: Start;
  onClose: () => void;
  onDone: (command: Command) => void;
}

const EVERY_SECONDS = 5;

/** The dialog in which a person proposes, wherever in the console they come from. It sends nothing by itself. */
export default function ProposeHere({ place, alarmId, start, onClose, onDone }: Props) {
  const points = useRemote("command points", readPoints, { everySeconds: EVERY_SECONDS });
  const point = points.data && pointOf(points.data, place);
  const done = (command: Command) => {
    onClose();
    onDone(command);
  };
  if (point) return <ProposeDialog point={point} alarmId={alarmId} start={start} onCancel={onClose} onDone={done} onFailed={points.reload} />;
  if (points.loading) return null;
  return <NotPossible remote={points} onClose={onClose} />;
}

/** The site file has changed since, or the points cannot be read: that is said, and nothing is made up. */
function NotPossible({ remote, onClose }: { remote: { failure: Parameters<typeof useSentence>[0] }; onClose: () => void }) {
  const say = useStrings(PROPOSALS);
  const words = useStrings(COMMANDS);
  const sentence = useSentence(remote.failure);
  useReturnFocus();
  return (
    <Modal visible header={words.failed} closeAriaLabel={words.close} onDismiss={onClose} footer={<Button onClick={onClose}>{words.close}</Button>}>
      <Box>{remote.failure ? sentence : say.gone}</Box>
    </Modal>
  );
}
