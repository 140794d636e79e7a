import { Link } from "react-router";
import { useRemote } from "../api/remote";
import type { Alarm } from "../api/types";
import { useMay } from "../session/session";
import { addressOfProposing } from "./address";
import { readPoints } from "./server";

/** From an alarm to the set-points of the machine that caused it; nothing where none of it may be set, or it is not known. */
export function ProposeLink({ alarm, children }: { alarm: Alarm; children: string }) {
  const may = useMay("operator");
  const points = useRemote(`command points of ${alarm.line}`, (signal) => readPoints(signal, alarm.line), { enabled: may });
  if (!points.data?.some(({ device }) => device === alarm.cause)) return null;
  return <Link to={addressOfProposing(alarm.alarm_id)}>{children}</Link>;
}
