import type { components } from "../src/api/schema";
import { at } from "./samples";

type Schemas = components["schemas"];

interface Library {
  suggestions: Schemas["SuggestionView"][];
  models: Schemas["ModelView"][];
  documents: Schemas["DocumentView"][];
  voice: Schemas["VoiceView"];
}

export const LIBRARY: Library = {
  suggestions: [
    { question: "Why did the Cookie Inspector stop?", alarm_id: "a-1" },
    { question: "What do I do first at the Vertical Conveyor?", alarm_id: "a-1" },
  ],
  models: [{ name: "offline", provider: "offline", model: "offline", roles: ["router", "answerer"], state: "ready", why: "needs no server" }],
  documents: [
    {
      document_id: "vertical-conveyor-clear-a-jam.md",
      document: "vertical-conveyor-clear-a-jam.md",
      title: "Clear a jam at the Vertical Conveyor",
      revision: "4",
      status: "current",
      effective_from: "2025-01-01",
      pages: 0,
      passages: 6,
      media_type: "text/markdown",
      problem: "",
    },
  ],
  voice: { speech_to_text: "none", speech_output: "browser", longest_seconds: 30, languages: ["en", "de", "zh"], vocabulary: ["Vertical Conveyor"] },
};

const TOOL: Schemas["ToolView"] = { call_id: "c-1", tool: "alarms", title: "Open alarms of line-1", ok: true, summary: "1 cause, 4 victims", seconds: 0.02 };

/** Whoever asks for a change is answered with one that was written down. */
const PROPOSAL: Schemas["ProposalView"] = {
  device: "Vertical Conveyor",
  attribute: "Speed",
  label: "Lift speed",
  point: "SpeedSetpoint",
  from_value: 30,
  to_value: 28.5,
  unit: "RPM",
  channel: "agent",
};

export function answerTo(now: number, question: string): Schemas["AnswerView"] {
  return {
    answer_id: "ans-1",
    conversation_id: "con-1",
    question,
    text: "The Vertical Conveyor has been down for 12 min. It is the cause: the Cookie Inspector is blocked behind it [1].",
    asked_at: at(now, 1),
    answered_at: at(now),
    model: "offline",
    release_id: "",
    router: "offline",
    replaced: "",
    known: true,
    stopped: false,
    citations: [
      {
        number: 1,
        document_id: "vertical-conveyor-clear-a-jam.md",
        document: "vertical-conveyor-clear-a-jam.md",
        title: "Clear a jam at the Vertical Conveyor",
        revision: "4",
        section: "Clear the jam",
        step: "1",
        page: "",
        quote: "Switch off and lock the drive.",
        reviewed: true,
      },
    ],
    facts: [{ text: "Vertical Conveyor down", tool: "alarms", value: 12, unit: "MIN", observed_at: at(now) }],
    tools: [TOOL],
    choices: [],
    verdict: "",
    proposal: /^set /i.test(question) ? PROPOSAL : null,
  };
}

/** One turn as it is streamed. */
export function answerEvents(now: number, question: string): { event: string; data: unknown }[] {
  const whole = answerTo(now, question);
  const tokens = whole.text.match(/\S+\s*/g) ?? [];
  return [
    { event: "tool_started", data: { call_id: TOOL.call_id, tool: TOOL.tool, title: TOOL.title } },
    { event: "tool_ended", data: TOOL },
    ...tokens.map((text) => ({ event: "token", data: { text } })),
    { event: "done", data: whole },
  ];
}

export function conversations(now: number): Schemas["ConversationView"][] {
  const question = "Why did the Cookie Inspector stop?";
  return [{ conversation_id: "con-1", title: question, began_at: at(now, 5), answers: [answerTo(now, question)] }];
}
