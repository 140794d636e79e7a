import { expect, test } from "vitest";
import { Failure } from "../api/failure";
import { anAnswer } from "./ask.testing";
import type { Answer, ChatEvent, Conversation } from "./server";
import { type ChatServer, Thread } from "./thread";

const ABOUT = { line: "line-1", alarm_id: "", language: "en" as const, spoken: false };
const NOON = new Date("2026-11-21T12:00:00Z");

function token(text: string): ChatEvent {
  return { event: "token", data: { text } };
}

function conversation(...answers: Answer[]): Conversation {
  return { conversation_id: "con-1", title: "t", began_at: NOON.toISOString(), answers };
}

/** A server whose answers are scripted; an Error in the script breaks the stream there. */
class Scripted implements ChatServer {
  asked: string[] = [];
  stored: Conversation = conversation();
  constructor(public script: (ChatEvent | Error | "wait")[]) {}

  async *ask({ question }: { question: string }, signal: AbortSignal) {
    this.asked.push(question);
    for (const step of this.script) {
      if (step instanceof Error) throw step;
      // oxlint-disable-next-line no-await-in-loop -- a script is told step by step
      if (step === "wait") await new Promise((_, stop) => signal.addEventListener("abort", () => stop(signal.reason)));
      else yield step;
    }
  }

  conversation = async () => this.stored;
  conversations = async () => [
    { conversation_id: "con-1", title: "t", began_at: "", last_at: "", answers: this.stored.answers.length },
  ];
}

function thread(server: ChatServer, id = ""): Thread {
  return new Thread(id, server, async () => undefined);
}

const settled = () => new Promise((done) => setTimeout(done));

test("the answer's text takes the place of what was streamed", async () => {
  const answer = anAnswer({ text: "It stands at -16.9 °C." });
  const one = thread(new Scripted([token("It stands "), token("at -19.4 °C."), { event: "done", data: answer }]));

  const answered = await one.ask("How cold?", ABOUT, NOON);

  expect(answered).toBe(true);
  expect(one.snapshot()).toMatchObject({
    id: "con-1",
    answering: false,
    turns: [{ status: "done", answer: { text: "It stands at -16.9 °C." } }],
  });
});

test("stopping keeps what was said, and closes the stream", async () => {
  const one = thread(new Scripted([token("The conveyor "), "wait"]));

  const asked = one.ask("Why?", ABOUT, NOON);
  await settled();
  one.stop();

  expect(await asked).toBe(true);
  expect(one.snapshot().turns).toMatchObject([{ status: "stopped", streamed: "The conveyor ", answer: null }]);
});

test("what the server kept of a stopped answer is found, with its sources", async () => {
  const server = new Scripted([token("The conveyor "), "wait"]);
  const one = thread(server);

  const asked = one.ask("Why?", ABOUT, NOON);
  await settled();
  server.stored = conversation(
    anAnswer({ question: "Why?", asked_at: NOON.toISOString(), text: "The conveyor", stopped: true }),
  );
  one.stop();
  await asked;
  await settled();

  expect(one.snapshot()).toMatchObject({
    id: "con-1",
    turns: [{ status: "stopped", answer: { text: "The conveyor" } }],
  });
});

test("a server that cannot be reached gives the question back", async () => {
  const one = thread(new Scripted([new Failure("The server cannot be reached.", 0)]));

  expect(await one.ask("Why?", ABOUT, NOON)).toBe(false);
  expect(one.snapshot().turns).toMatchObject([{ question: "Why?", status: "refused", retry: true }]);
});

test("a refusal has the server's sentence, and asking again takes its place", async () => {
  const server = new Scripted([new Failure("Too many questions; wait 10 s.", 429)]);
  const one = thread(server);
  await one.ask("Why?", ABOUT, NOON);

  server.script = [{ event: "done", data: anAnswer({}) }];
  await one.ask("Why?", ABOUT, NOON);

  expect(server.asked).toEqual(["Why?", "Why?"]);
  expect(one.snapshot().turns).toMatchObject([{ status: "done" }]);
});

test("a stream that ends without its last event is lost, not done", async () => {
  const one = thread(new Scripted([token("The conv")]));

  expect(await one.ask("Why?", ABOUT, NOON)).toBe(false);
  expect(one.snapshot().turns).toMatchObject([{ status: "lost", streamed: "The conv", broke: true }]);
});

test("an answer that the server finished after the connection broke is found", async () => {
  const server = new Scripted([token("The conv"), new Failure("gone", 0)]);
  const one = thread(server);
  server.stored = conversation(
    anAnswer({ question: "Why?", asked_at: NOON.toISOString(), text: "The conveyor stands." }),
  );

  await one.ask("Why?", ABOUT, NOON);
  await settled();

  expect(one.snapshot().turns).toMatchObject([
    { status: "done", answer: { text: "The conveyor stands." }, broke: true },
  ]);
});

test("the answer to an earlier question of the same words is not taken for this one's", async () => {
  const earlier = anAnswer({ answer_id: "old", question: "Why?", asked_at: NOON.toISOString() });
  const server = new Scripted([token("The conv"), new Failure("gone", 0)]);
  server.stored = conversation(earlier);
  const one = thread(server, "con-1");
  await one.load();

  await one.ask("Why?", ABOUT, NOON);
  await settled();

  expect(one.snapshot().turns.map((turn) => turn.status)).toEqual(["done", "lost"]);
});

test("what another tab asked appears, and what this one has stays", async () => {
  const server = new Scripted([new Failure("gone", 0)]);
  const one = thread(server, "con-1");
  await one.load();
  await one.ask("Mine?", ABOUT, NOON);

  server.stored = conversation(anAnswer({ answer_id: "theirs", question: "Theirs?" }));
  await one.load();

  expect(one.snapshot().turns.map((turn) => turn.question)).toEqual(["Theirs?", "Mine?"]);
});

test("a second question waits for the first answer", async () => {
  const server = new Scripted(["wait"]);
  const one = thread(server);

  const first = one.ask("First?", ABOUT, NOON);
  await settled();

  expect(await one.ask("Second?", ABOUT, NOON)).toBe(false);
  expect(server.asked).toEqual(["First?"]);
  one.stop();
  await first;
});
