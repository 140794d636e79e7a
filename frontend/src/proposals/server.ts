import { answerOf, client } from "../api/client";
import type { components } from "../api/schema";

export type PossibleChange = components["schemas"]["PossibleChangeView"];
export type Camera = components["schemas"]["CameraView"];

/** The set-points that a person might propose to change because of an alarm; none where nothing is commanded. */
export function readChanges(alarmId: string, signal?: AbortSignal): Promise<PossibleChange[]> {
  return answerOf(client.GET("/api/alarms/{alarm_id}/changes", { params: { path: { alarm_id: alarmId } }, signal }));
}

/** The machines whose product a camera looks at; refused where no images are inspected. */
export function readCameras(signal?: AbortSignal): Promise<Camera[]> {
  return answerOf(client.GET("/api/inspections/cameras", { signal }));
}
