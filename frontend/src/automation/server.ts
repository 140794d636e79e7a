import { answerOf, client } from "../api/client";
import type { components } from "../api/schema";

export type AutomaticView = components["schemas"]["AutomaticView"];
export type AutomaticRow = components["schemas"]["AutomaticRowView"];

/** What Lineside may do by itself, row by row, and how each stands. */
export function readAutomatic(signal?: AbortSignal): Promise<AutomaticView> {
  return answerOf(client.GET("/api/commands/automatic", { signal }));
}

/** Lets a row that has stopped act again. */
export function resetAutomatic({ line, key }: Pick<AutomaticRow, "line" | "key">): Promise<AutomaticView> {
  return answerOf(client.POST("/api/commands/automatic/reset", { body: { line, key } }));
}
