import Button from "@cloudscape-design/components/button";
import { useStrings } from "../i18n/language";
import { corrected, nearNames } from "./nearNames";
import { VOICE } from "./strings";

interface Props {
  /** What stands in the box now. */
  text: string;
  vocabulary: readonly string[];
  onCorrect: (text: string) => void;
}

/** After speaking: read it first. Names of the plant that it nearly hit are offered; nothing changes by itself. */
export function HeardNote({ text, vocabulary, onCorrect }: Props) {
  const say = useStrings(VOICE);
  return (
    <div className="talk-note">
      <span role="status">{say.readFirst}</span>
      {nearNames(text, vocabulary).map((offer) => (
        <Button key={offer.meant} variant="inline-link" onClick={() => onCorrect(corrected(text, offer))}>
          {say.didYouMean(offer.meant)}
        </Button>
      ))}
    </div>
  );
}
