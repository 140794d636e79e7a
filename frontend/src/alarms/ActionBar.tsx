import Button from "@cloudscape-design/components/button";
import LiveRegion from "@cloudscape-design/components/live-region";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useStrings } from "../i18n/language";
import { useSession } from "../session/session";
import { ActionFailure } from "./ActionFailure";
import { type Action, type Offer, offersFor } from "./actions";
import type { Alarm } from "./model";
import { OutOfServiceDialog } from "./OutOfServiceDialog";
import { ShelveDialog } from "./ShelveDialog";
import { ALARMS } from "./strings";
import type { Doing } from "./useAction";

interface Props {
  alarm: Alarm;
  title: string;
  doing: Doing;
}

/** What can be done about an alarm. What cannot be done now is shown with the reason. */
export function ActionBar({ alarm, title, doing }: Props) {
  const say = useStrings(ALARMS);
  const { role } = useSession();
  const [asking, setAsking] = useState<"shelve" | "out_of_service" | null>(null);
  const offers = offersFor(alarm, role).filter(({ action }) => action !== "comment");
  const viewer = offers.some(({ hindrance }) => hindrance === "viewer");
  const begin = (action: Action) => {
    doing.forget();
    if (action === "shelve" || action === "out_of_service") setAsking(action);
    else void doing.run(action);
  };
  const dialog = { alarm, title, doing, onClose: () => setAsking(null) };
  return (
    <div role="group" aria-label={say.actionsOf(title)}>
      <SpaceBetween direction="horizontal" size="xs">
        {offers.map((offer) => (
          <ActionButton key={offer.action} offer={offer} doing={doing} onPress={() => begin(offer.action)} />
        ))}
      </SpaceBetween>
      {viewer && <p className="hindrance">{say.hindrance_viewer}</p>}
      <LiveRegion>{doing.done ? <p className="did">{say[`did_${doing.done}`]}</p> : null}</LiveRegion>
      {doing.failure && asking === null && <ActionFailure failure={doing.failure} />}
      {asking === "shelve" && <ShelveDialog {...dialog} />}
      {asking === "out_of_service" && <OutOfServiceDialog {...dialog} />}
    </div>
  );
}

function ActionButton({ offer, doing, onPress }: { offer: Offer; doing: Doing; onPress: () => void }) {
  const say = useStrings(ALARMS);
  const { action, hindrance } = offer;
  return (
    <Button
      variant={action === "acknowledge" && !hindrance ? "primary" : "normal"}
      disabled={hindrance !== null}
      disabledReason={hindrance ? say[`hindrance_${hindrance}`] : undefined}
      loading={doing.pending === action}
      loadingText={say.acting}
      onClick={onPress}
    >
      {say[`act_${action}`]}
    </Button>
  );
}
