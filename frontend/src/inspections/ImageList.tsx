import Button from "@cloudscape-design/components/button";
import { type ReactNode, useState } from "react";
import { useStrings } from "../i18n/language";
import type { Inspection } from "./model";
import { Thumbnail } from "./Picture";
import { INSPECTIONS } from "./strings";

/** So many are fetched at first, and with each click: a phone in a hall has little to fetch with. */
const AT_ONCE = 12;

interface Props<T> {
  name: string;
  images: readonly T[];
  onOpen: (imageId: string) => void;
  /** What stands under each; it names the button as well. */
  children: (image: T) => ReactNode;
}

/** Small images to open. */
export function ImageList<T extends { image_id: string } & Partial<Pick<Inspection, "has_image">>>({ name, images, onOpen, children }: Props<T>) {
  const say = useStrings(INSPECTIONS);
  const [most, setMost] = useState(AT_ONCE);
  const more = Math.min(AT_ONCE, images.length - most);
  return (
    <>
      <ul className="image-list" aria-label={name}>
        {images.slice(0, most).map((image) => (
          <li key={image.image_id}>
            <button type="button" onClick={() => onOpen(image.image_id)}>
              <Thumbnail image={{ image_id: image.image_id, has_image: image.has_image ?? true }} />
              {children(image)}
            </button>
          </li>
        ))}
      </ul>
      {more > 0 && <Button onClick={() => setMost(most + AT_ONCE)}>{say.more(more)}</Button>}
    </>
  );
}
