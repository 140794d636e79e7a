import { answerOf, client } from "../api/client";
import type { AuditEntry, Automation, Command, Decision, Point, Proposal } from "./model";

export function readPoints(signal?: AbortSignal, line = ""): Promise<Point[]> {
  return answerOf(client.GET("/api/command-points", { params: { query: { line } }, signal }));
}

export function readCommands(signal?: AbortSignal): Promise<Command[]> {
  return answerOf(client.GET("/api/commands", { signal }));
}

/** What the rules would say now; nothing is kept. */
export function check(proposal: Proposal, signal?: AbortSignal): Promise<Decision> {
  return answerOf(client.POST("/api/commands/check", { body: proposal, signal }));
}

export function propose(proposal: Proposal): Promise<Command> {
  return answerOf(client.POST("/api/commands", { body: proposal }));
}

/** `seen` is the command as the person looked at it: where it is another by now, the server does nothing and says so. */
export function decide(seen: Pick<Command, "command_id" | "version">, approved: boolean, note: string): Promise<Command> {
  const params = { path: { command_id: seen.command_id } };
  return answerOf(client.POST("/api/commands/{command_id}/decision", { params, body: { approved, note, version: seen.version } }));
}

export function withdraw(commandId: string, note: string): Promise<Command> {
  return answerOf(client.POST("/api/commands/{command_id}/withdraw", { params: { path: { command_id: commandId } }, body: { note } }));
}

export function readAutomation(signal?: AbortSignal): Promise<Automation> {
  return answerOf(client.GET("/api/automation", { signal }));
}

export function stopAutomation(stopped: boolean, reason: string): Promise<Automation> {
  return answerOf(client.POST("/api/automation", { body: { stopped, reason } }));
}

/** The newest entries, or those before one of them; the newest first. */
export async function readAudit(limit: number, before?: number, signal?: AbortSignal): Promise<AuditEntry[]> {
  const query = before === undefined ? { limit } : { limit, before };
  const { entries } = await answerOf(client.GET("/api/commands-audit", { params: { query }, signal }));
  return entries.toReversed();
}
