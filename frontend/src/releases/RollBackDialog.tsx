import { useActing } from "../api/acting";
import { useStrings } from "../i18n/language";
import { useNumbers } from "../i18n/numbers";
import { ActDialog } from "./ActDialog";
import { type Releases, type RollBack } from "./model";
import { rollBack } from "./server";
import { RELEASES } from "./strings";

interface Props {
  /** As the person saw them: where somebody else has switched since, the server does nothing and says so. */
  releases: Releases;
  plan: RollBack;
  onCancel: () => void;
  onDone: (told: string) => void;
  onFailed: () => void;
}

/** Who answers now, and who after it; a reason, and the second click. */
export function RollBackDialog({ releases, plan, onCancel, onDone, onFailed }: Props) {
  const say = useStrings(RELEASES);
  const numbers = useNumbers();
  const acting = useActing();
  const { live, canary, canary_share: share } = releases;
  const now = canary ? say.answersBeside(canary, numbers.share(share), live || say.otherModels) : say.answersAll(live);
  const send = async (reason: string) => {
    if (await acting.run(() => rollBack(reason, releases))) onDone(say.didRollBack(plan.ends));
    else onFailed();
  };
  return (
    <ActDialog
      header={say.rollBackTitle(plan.ends)}
      doLabel={say.doRollBack}
      words="reason"
      acting={acting}
      onCancel={onCancel}
      onDo={(reason) => void send(reason)}
    >
      <dl className="now-and-then">
        <div>
          <dt>{say.rollBackNow}</dt>
          <dd>{now}</dd>
        </div>
        <div>
          <dt>{say.rollBackThen}</dt>
          <dd>
            <b>{plan.answers ? say.answersAll(plan.answers) : say.answersNobody}</b> {say.rollBackSoon(plan.ends)}
          </dd>
        </div>
      </dl>
    </ActDialog>
  );
}
