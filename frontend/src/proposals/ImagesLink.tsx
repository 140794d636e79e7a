import { Link } from "react-router";
import { useRemote } from "../api/remote";
import type { Alarm } from "../api/types";
import { useStrings } from "../i18n/language";
import { readCameras } from "./server";
import { PROPOSALS } from "./strings";

/** From rejects to the images of them; nothing where no camera looks at that machine's product. */
export function ImagesLink({ alarm }: { alarm: Alarm }) {
  const say = useStrings(PROPOSALS);
  const rejects = alarm.kind === "reject_rate";
  const cameras = useRemote("cameras", readCameras, { enabled: rejects });
  if (!rejects || !cameras.data?.some(({ device }) => device === alarm.device)) return null;
  const asked = new URLSearchParams({ device: alarm.device, from: alarm.onset, verdict: "defects" });
  return <Link to={`/inspections?${asked}`}>{say.images}</Link>;
}
