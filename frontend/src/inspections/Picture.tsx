import { useState } from "react";
import { useRemote } from "../api/remote";
import { useAddressOf } from "../documents/useAddressOf";
import { useStrings } from "../i18n/language";
import { useTimes } from "../i18n/times";
import { Loading } from "../shell/RemoteView";
import { type Inspection, regionsOf } from "./model";
import { readImage } from "./server";
import { INSPECTIONS } from "./strings";

/** The pixels of an image, once they are here: its address, or why there is none. */
function usePicture({ image_id, has_image }: Pick<Inspection, "image_id" | "has_image">) {
  const { data, failure } = useRemote(`image ${image_id}`, (signal) => readImage(image_id, signal), { enabled: has_image });
  return { address: useAddressOf(data), gone: !has_image || failure?.status === 404, failed: failure !== undefined && data === undefined };
}

/** The image with the places that the inspector marked, which a person may hide to see what lies under them. */
export function Picture({ inspection }: { inspection: Inspection }) {
  const say = useStrings(INSPECTIONS);
  const [marked, setMarked] = useState(true);
  const count = regionsOf(inspection).length;
  return (
    <figure className="picture">
      <div className="picture-box">
        <Pixels inspection={inspection} />
        <Places inspection={inspection} marked={marked} />
      </div>
      <figcaption>
        <span>{say.places(count)}</span>
        {count > 0 && (
          <label className="tick">
            <input type="checkbox" checked={marked} onChange={(event) => setMarked(event.target.checked)} />
            {say.showPlaces}
          </label>
        )}
      </figcaption>
    </figure>
  );
}

function Pixels({ inspection }: { inspection: Inspection }) {
  const say = useStrings(INSPECTIONS);
  const nameOf = useNameOfImage();
  const { address, gone, failed } = usePicture(inspection);
  if (gone) return <p className="no-picture">{say.imageGone}</p>;
  if (failed) return <p className="no-picture">{say.imageMissing}</p>;
  if (!address) return <Loading />;
  return <img src={address} alt={nameOf(inspection)} width={inspection.width} height={inspection.height} />;
}

/** In pixels of the image. Without any mark it still keeps the image's place. */
function Places({ inspection, marked }: { inspection: Inspection; marked: boolean }) {
  return (
    <svg viewBox={`0 0 ${inspection.width} ${inspection.height}`} preserveAspectRatio="xMidYMid meet" aria-hidden="true">
      {(marked ? regionsOf(inspection) : []).map(([x, y, width, height]) => (
        <g key={`${x} ${y} ${width} ${height}`}>
          <rect className="around" x={x} y={y} width={width} height={height} />
          <rect x={x} y={y} width={width} height={height} />
        </g>
      ))}
    </svg>
  );
}

/** A small one, inside a button that says what it is. */
export function Thumbnail({ image }: { image: Pick<Inspection, "image_id" | "has_image"> }) {
  const say = useStrings(INSPECTIONS);
  const { address, gone, failed } = usePicture(image);
  return <span className="thumbnail">{address ? <img src={address} alt="" /> : <small>{gone || failed ? say.imageMissing : ""}</small>}</span>;
}

export function useNameOfImage(): (inspection: Pick<Inspection, "device" | "taken_at">) => string {
  const say = useStrings(INSPECTIONS);
  const times = useTimes();
  return ({ device, taken_at }) => say.imageOf(device, times.dayAndClock(taken_at));
}
