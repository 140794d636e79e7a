import { answerOf, client } from "../api/client";
import { openEvents } from "../api/events";
import type { components } from "../api/schema";
import type { Language } from "../api/types";

type Schemas = components["schemas"];

export type Answer = Schemas["AnswerView"];
export type Citation = Schemas["CitationView"];
export type Conversation = Schemas["ConversationView"];
export type ConversationSummary = Schemas["ConversationSummary"];
export type Fact = Schemas["FactView"];
export type Model = Schemas["ModelView"];
export type Question = Required<Schemas["Ask"]>;
export type Suggestion = Schemas["SuggestionView"];
export type Tool = Schemas["ToolView"];

/** What the stream of an answer consists of. */
export type ChatEvent =
  | { event: "tool_started"; data: Pick<Tool, "call_id" | "tool" | "title"> }
  | { event: "tool_ended"; data: Tool }
  | { event: "token"; data: { text: string } }
  | { event: "done"; data: Answer }
  | { event: "problem"; data: { detail: string; retry: boolean } };

const KNOWN: ReadonlySet<string> = new Set(["tool_started", "tool_ended", "token", "done", "problem"]);

/** Asks; the events as they come. Aborting `signal` stops the turn also on the server. Throws a Failure. */
export async function* askQuestion(question: Question, signal: AbortSignal): AsyncGenerator<ChatEvent> {
  for await (const { event, data } of openEvents("/api/chat", { method: "POST", body: question, signal })) {
    // A newer server may tell more than this console knows; that is no reason to lose the answer.
    if (KNOWN.has(event)) yield { event, data: JSON.parse(data) } as ChatEvent;
  }
}

export function readConversations(signal?: AbortSignal): Promise<ConversationSummary[]> {
  return answerOf(client.GET("/api/conversations", { signal }));
}

export function readConversation(id: string, signal?: AbortSignal): Promise<Conversation> {
  const params = { path: { conversation_id: id } };
  return answerOf(client.GET("/api/conversations/{conversation_id}", { params, signal }));
}

export function deleteConversation(id: string): Promise<unknown> {
  return answerOf(client.DELETE("/api/conversations/{conversation_id}", { params: { path: { conversation_id: id } } }));
}

export function readSuggestions(
  about: { line: string; alarmId: string; language: Language },
  signal?: AbortSignal,
): Promise<Suggestion[]> {
  const query = { line: about.line, alarm_id: about.alarmId, language: about.language };
  return answerOf(client.GET("/api/suggestions", { params: { query }, signal }));
}

export function readModels(signal?: AbortSignal): Promise<Model[]> {
  return answerOf(client.GET("/api/models", { signal }));
}
