import { useStrings } from "../i18n/language";
import { usePercent } from "./Facts";
import { ImageList } from "./ImageList";
import type { Week } from "./model";
import { INSPECTIONS } from "./strings";

/** The images of a week that the inspector saw wrongly, the surest mistakes first. */
export function WrongImages({ wrong, onOpen }: { wrong: Week["wrong"]; onOpen: (imageId: string) => void }) {
  const say = useStrings(INSPECTIONS);
  const percent = usePercent();
  if (wrong.length === 0) return <p className="muted">{say.wrongNone}</p>;
  return (
    <ImageList name={say.wrong} images={wrong} onOpen={onOpen}>
      {(one) => <span>{say.wrongOne(say[`verdict_${one.seen}`], percent(one.confidence), say[`verdict_${one.is_really}`])}</span>}
    </ImageList>
  );
}
