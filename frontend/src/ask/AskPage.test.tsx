import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router";
import { afterEach, expect, test } from "vitest";
import { drawPage } from "../test/draw";
import { json, problem, wire } from "../test/wire";
import { anAnswer, SOURCE } from "./ask.testing";
import AskPage from "./AskPage";
import type { Answer, ChatEvent } from "./server";
import { forgetAll } from "./threads";

const QUESTION = "Why did the inspector stop?";

// Conversations live as long as the tab: a new test is a new tab.
afterEach(forgetAll);

/** The server's end of one answer, told event by event. */
class Stream {
  private controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  closed = false;
  readonly bodies: Record<string, unknown>[] = [];

  readonly route = async (request: Request): Promise<Response> => {
    this.bodies.push((await request.json()) as Record<string, unknown>);
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => void (this.controller = controller),
      cancel: () => void (this.closed = true),
    });
    request.signal.addEventListener("abort", () => this.abort());
    return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
  };

  tell({ event, data }: ChatEvent): void {
    this.controller?.enqueue(new TextEncoder().encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
  }

  done(answer: Answer): void {
    this.tell({ event: "done", data: answer });
    this.controller?.close();
  }

  break(): void {
    this.controller?.error(new TypeError("network error"));
  }

  private abort(): void {
    this.closed = true;
    this.controller?.error(new DOMException("stopped", "AbortError"));
  }
}

function draw(at = "/ask") {
  return drawPage(
    <Routes>
      <Route path="/ask/*" element={<AskPage />} />
    </Routes>,
    { at },
  );
}

async function ask(question = QUESTION) {
  const box = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Your question" });
  await userEvent.click(box);
  await userEvent.paste(question);
  await userEvent.keyboard("{Enter}");
  return box;
}

const token = (text: string): ChatEvent => ({ event: "token", data: { text } });

test("an answer grows while it comes, and its last text replaces what was streamed", async () => {
  const stream = new Stream();
  wire({ "POST /api/chat": stream.route });
  draw();
  await ask();

  stream.tell({ event: "tool_started", data: { call_id: "c", tool: "alarms", title: "Open alarms" } });
  expect(await screen.findByRole("list", { name: "What is looked at" })).toBeDefined();
  stream.tell(token("It stands at "));
  expect(await screen.findByText("It stands at")).toBeDefined();
  stream.tell(token("-19.4 °C."));
  expect(await screen.findByText("It stands at -19.4 °C.")).toBeDefined();
  stream.done(
    anAnswer({
      text: "It stands at -16.9 °C [1].",
      model: "evidence",
      router: "gpt-oss-20b",
      replaced: "no tool returned -19.4 °C",
    }),
  );

  expect(await screen.findByText(/The model's words did not match the evidence/)).toBeDefined();
  expect(screen.queryByText(/-19.4 °C\.$/)).toBeNull();
  expect(screen.getByText("no tool returned -19.4 °C")).toBeDefined();
  expect(screen.getByText(/Answered by the evidence itself, tools chosen by gpt-oss-20b/)).toBeDefined();
});

test("stopping closes the stream and keeps what was said", async () => {
  const stream = new Stream();
  wire({ "POST /api/chat": stream.route });
  draw();
  await ask();
  stream.tell(token("The Vertical Conveyor "));
  await screen.findByText("The Vertical Conveyor");

  await userEvent.click(screen.getByRole("button", { name: "Stop the answer" }));

  expect((await screen.findAllByText(/^Stopped\./)).length).toBeGreaterThan(0);
  expect(screen.getByText("The Vertical Conveyor")).toBeDefined();
  expect(stream.closed).toBe(true);
  expect(screen.queryByRole("button", { name: "Stop the answer" })).toBeNull();
});

test("enter while an answer comes neither stops it nor sends", async () => {
  const stream = new Stream();
  wire({ "POST /api/chat": stream.route });
  draw();
  const box = await ask();
  stream.tell(token("The"));
  await screen.findByText("The");

  await userEvent.type(box, "And then?{Enter}");

  expect(stream.closed).toBe(false);
  expect(stream.bodies).toHaveLength(1);
  expect(box.value).toContain("And then?");
});

test("a question that could not be sent is back in the box", async () => {
  wire({ "POST /api/chat": () => null });
  draw();

  const box = await ask();

  expect(await screen.findByText(/The server cannot be reached/)).toBeDefined();
  await waitFor(() => expect(box.value).toBe(QUESTION));
});

test("a refusal is told in the server's words, and the question kept", async () => {
  wire({ "POST /api/chat": () => problem(503, "the model is cold; ask again in a minute") });
  draw();

  const box = await ask();

  expect(await screen.findByText(/The model is cold; ask again in a minute\./)).toBeDefined();
  expect(screen.getByRole("button", { name: "Ask again" })).toBeDefined();
  await waitFor(() => expect(box.value).toBe(QUESTION));
});

test("a turn that ends with a problem says it and gives the question back", async () => {
  const stream = new Stream();
  wire({ "POST /api/chat": stream.route });
  draw();
  const box = await ask();

  stream.tell({ event: "problem", data: { detail: "No model answered within 60 s.", retry: false } });

  expect(await screen.findByText(/No model answered within 60 s\./)).toBeDefined();
  expect(screen.queryByRole("button", { name: "Ask again" })).toBeNull();
  await waitFor(() => expect(box.value).toBe(QUESTION));
});

test("a connection that breaks in an answer keeps the words and the question", async () => {
  const stream = new Stream();
  wire({ "POST /api/chat": stream.route, "GET /api/conversations": () => json([]) });
  draw();
  const box = await ask();
  stream.tell(token("The Vertical"));
  await screen.findByText("The Vertical");

  stream.break();

  expect(await screen.findByText(/The connection broke while the answer came/)).toBeDefined();
  expect(screen.getByText("The Vertical")).toBeDefined();
  await waitFor(() => expect(box.value).toBe(QUESTION));
});

test("of several machines one is chosen by a press", async () => {
  const stream = new Stream();
  wire({ "POST /api/chat": stream.route });
  draw();
  await ask("Why did the conveyor stop?");
  stream.done(
    anAnswer({
      question: "Why did the conveyor stop?",
      text: "Two could be meant.",
      choices: ["Vertical Conveyor", "Conveyor Left Turn"],
    }),
  );

  await userEvent.click(await screen.findByRole("button", { name: "Conveyor Left Turn" }));

  await waitFor(() => expect(stream.bodies).toHaveLength(2));
  expect(stream.bodies[1]).toMatchObject({
    question: "Why did the conveyor stop? (Conveyor Left Turn)",
    conversation_id: "con-1",
  });
});

test("a source opens with its words marked, and closing gives the focus back", async () => {
  const stream = new Stream();
  wire({
    "POST /api/chat": stream.route,
    "GET /api/documents/sop-vc-07/text": () =>
      new Response("# Jam\n2. Remove the jam by hand,\n   never with a tool.\n3. Unlock"),
  });
  draw();
  await ask();
  stream.done(anAnswer({}));
  const [number] = await screen.findAllByRole("button", { name: "Open source 1: Clear a jam" });

  await userEvent.click(number!);
  const panel = within(await screen.findByRole("complementary"));
  const mark = await waitFor(() => document.querySelector("mark")!);

  expect(mark?.textContent).toBe("Remove the jam by hand,\n   never with a tool");
  expect(panel.getByText(/SOP-VC-07 · revision 4/)).toBeDefined();
  await userEvent.click(panel.getByRole("button", { name: "Close the source" }));
  await waitFor(() => expect(document.activeElement).toBe(number));
});

test("a source on a page shows the page, and says that nobody reviewed it", async () => {
  const stream = new Stream();
  const plant = wire({
    "POST /api/chat": stream.route,
    "GET /api/documents/sop-vc-07/pages/3": () => new Response(new Blob(["png"], { type: "image/png" })),
  });
  draw();
  await ask();
  stream.done(anAnswer({ citations: [{ ...SOURCE, page: "3", reviewed: false }] }));

  await userEvent.click((await screen.findAllByRole("button", { name: "Open source 1: Clear a jam" }))[0]!);

  expect(await screen.findByRole("img", { name: /page 3 of Clear a jam/ })).toBeDefined();
  expect(screen.getByText(/Not reviewed/)).toBeDefined();
  expect(plant.asked).toContain("GET /api/documents/sop-vc-07/pages/3");
});

test("what is not known looks like it", async () => {
  const stream = new Stream();
  wire({ "POST /api/chat": stream.route });
  draw();
  await ask();

  stream.done(anAnswer({ known: false, text: "I don't know; nine documents were searched.", citations: [] }));

  expect(await screen.findByText("Not known here")).toBeDefined();
});

test("markup in an answer is text", async () => {
  const stream = new Stream();
  wire({ "POST /api/chat": stream.route });
  draw();
  await ask();

  stream.done(anAnswer({ text: "<img src=x onerror=alert(1)> <b>now</b>", citations: [] }));

  expect(await screen.findByText("<img src=x onerror=alert(1)> <b>now</b>")).toBeDefined();
  expect(document.querySelector(".answer-text img, .answer-text b")).toBeNull();
});

test("a question about an alarm carries it, the line and the language", async () => {
  const stream = new Stream();
  wire({ "POST /api/chat": stream.route });
  draw("/ask?alarm=a-1");
  expect(await screen.findByText("About: Vertical Conveyor stopped")).toBeDefined();

  await userEvent.click(await screen.findByRole("button", { name: "What do I do first at the Vertical Conveyor?" }));

  await waitFor(() => expect(stream.bodies).toHaveLength(1));
  expect(stream.bodies[0]).toEqual({
    question: "What do I do first at the Vertical Conveyor?",
    conversation_id: "",
    line: "line-1",
    alarm_id: "a-1",
    language: "en",
    spoken: false,
  });
});

test("a question that is too long cannot be sent, and says by how much", async () => {
  const plant = wire();
  draw();
  const box = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Your question" });

  await userEvent.click(box);
  await userEvent.paste("x".repeat(2_003));
  await userEvent.keyboard("{Enter}");

  expect(await screen.findByText("3 characters too many")).toBeDefined();
  expect(plant.asked).not.toContain("POST /api/chat");
});

test("an earlier conversation is read again, with the verdict that was given", async () => {
  wire({
    "GET /api/conversations/con-7": () =>
      json({
        conversation_id: "con-7",
        title: "t",
        began_at: "2026-11-21T12:00:00Z",
        answers: [anAnswer({ verdict: "up" })],
      }),
  });

  draw("/ask/con-7");

  expect((await screen.findAllByText(/The Vertical Conveyor stands/)).length).toBeGreaterThan(0);
  expect(screen.getByRole("button", { name: "Helped" }).getAttribute("aria-pressed")).toBe("true");
});

test("a conversation that is gone is told as gone", async () => {
  wire();

  draw("/ask/con-404");

  expect(await screen.findByText("This conversation does not exist any more.")).toBeDefined();
});
