import { useStrings } from "../i18n/language";
import { useNumbers } from "../i18n/numbers";
import { usePercent } from "./Facts";
import { isFew, type Share } from "./model";
import { INSPECTIONS } from "./strings";

/** A share with its interval and on how many images it rests. One of few images is not written like a figure. */
export function ShareText({ share }: { share: Share | null }) {
  const say = useStrings(INSPECTIONS);
  const numbers = useNumbers();
  const percent = usePercent();
  if (!share) return <span className="muted">{say.nothing}</span>;
  const images = say.images(numbers.value(share.images));
  const interval = say.interval(percent(share.low), percent(share.high));
  return (
    <span className={isFew(share) ? "share few" : "share"}>
      <b>{percent(share.value)}</b>{" "}
      <small>{interval}</small>
      <small>
        {images}
        {isFew(share) && <> · {say.few}</>}
      </small>
    </span>
  );
}
