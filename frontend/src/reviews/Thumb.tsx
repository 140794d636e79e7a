import Icon from "@cloudscape-design/components/icon";
import { FEEDBACK } from "../feedback/strings";
import { useStrings } from "../i18n/language";
import type { Review } from "./model";

/** The thumb, as a sign and in words. */
export function Thumb({ verdict }: { verdict: Review["verdict"] }) {
  const say = useStrings(FEEDBACK);
  return (
    <span className="thumb">
      <Icon name={verdict === "up" ? "thumbs-up" : "thumbs-down-filled"} /> {say[verdict]}
    </span>
  );
}
