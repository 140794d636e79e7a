import * as samples from "./samples";
import { auditEntry, automatic, changes, command, commands, points, verdict, whatIf } from "./samples-of-commands";
import { accuracy, BISCUIT, CAMERAS, inspection, inspectionOf, recent, waiting } from "./samples-of-inspections";
import { LIBRARY, answerEvents, conversations } from "./samples-of-asking";
import { allReviews, releases, reviews } from "./samples-of-learning";

/** The HTTP application as far as a drawing board needs it: always the same morning, whatever is done to it. */
export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
}

export interface Answer {
  status: number;
  json?: unknown;
  headers?: Record<string, string>;
  events?: readonly { event: string; data: unknown }[];
  /** A PNG in base64, instead of JSON. */
  png?: string;
}

type Route = [method: string, path: RegExp, answer: (asked: Asked, found: string[]) => unknown];

let signedIn: typeof samples.SESSION | null = samples.ADMIN;

const ROUTES: Route[] = [
  ["GET", /^\/api\/sign-in$/, () => samples.SIGN_IN],
  ["GET", /^\/api\/session$/, () => signedIn ?? problem(401, "sign in first")],
  ["POST", /^\/api\/session$/, ({ body }) => signInWith(body as { name: string; password: string })],
  ["DELETE", /^\/api\/session$/, () => ((signedIn = null), { status: 204 })],
  ["GET", /^\/api\/sites$/, () => [samples.SITE]],
  ["GET", /^\/api\/lines$/, () => samples.LINES],
  ["GET", /^\/api\/lines\/[^/]+$/, () => samples.line(Date.now())],
  ["GET", /^\/api\/lines\/[^/]+\/losses$/, () => samples.losses(Date.now())],
  ["GET", /^\/api\/lines\/[^/]+\/handover$/, () => samples.handover(Date.now())],
  ["GET", /^\/api\/lines\/[^/]+\/machines\/([^/]+)\/telemetry$/, telemetry],
  ["GET", /^\/api\/alarms$/, () => samples.alarms(Date.now())],
  ["GET", /^\/api\/alarms\/health$/, () => samples.alarmHealth(Date.now())],
  ["GET", /^\/api\/alarms\/[^/]+\/history$/, () => samples.handover(Date.now()).alarms[0]?.done],
  ["GET", /^\/api\/alarms\/[^/]+\/changes$/, () => changes(Date.now())],
  ["GET", /^\/api\/alarms\/([^/]+)$/, (_, [id]) => alarmOf(id)],
  ["POST", /^\/api\/alarms\/([^/]+)\/[a-z-]+$/, (_, [id]) => alarmOf(id)],
  ["GET", /^\/api\/advisories$/, () => [samples.advisory(Date.now())]],
  ["GET", /^\/api\/accounts$/, () => samples.ACCOUNTS(Date.now())],
  ["POST", /^\/api\/accounts$/, () => samples.ACCOUNTS(Date.now())[0]],
  ["PATCH", /^\/api\/accounts\/[^/]+$/, () => samples.ACCOUNTS(Date.now())[0]],
  ["DELETE", /^\/api\/accounts\/[^/]+$/, () => ({ status: 204 })],
  ["POST", /^\/api\/chat$/, ({ body }) => ({ status: 200, events: answerEvents(Date.now(), (body as { question: string }).question) })],
  ["GET", /^\/api\/suggestions$/, () => LIBRARY.suggestions],
  ["GET", /^\/api\/models$/, () => LIBRARY.models],
  ["GET", /^\/api\/documents$/, () => LIBRARY.documents],
  ["GET", /^\/api\/voice$/, () => LIBRARY.voice],
  ["GET", /^\/api\/conversations$/, () => conversations(Date.now()).map(({ answers, ...one }) => ({ ...one, last_at: one.began_at, answers: answers.length }))],
  ["GET", /^\/api\/conversations\/([^/]+)$/, (_, [id]) => conversations(Date.now()).find((one) => one.conversation_id === id) ?? problem(404, "there is no such conversation")],
  ["DELETE", /^\/api\/conversations\/[^/]+$/, () => ({ status: 204 })],
  ["PUT", /^\/api\/feedback$/, ({ body }) => ({ feedback_id: "f-1", reason: "", correction: "", by: "Ann", given_at: samples.at(Date.now()), ...(body as object) })],
  ["GET", /^\/api\/command-points$/, () => points(Date.now())],
  ["GET", /^\/api\/commands$/, () => commands(Date.now())],
  ["POST", /^\/api\/commands\/check$/, () => verdict()],
  ["POST", /^\/api\/commands\/what-if$/, () => whatIf()],
  ["POST", /^\/api\/commands$/, ({ body }) => ({ ...command(Date.now(), { command_id: "c-new" }), ...(body as object) })],
  ["POST", /^\/api\/commands\/([^/]+)\/(decision|withdraw)$/, (_, [id]) => commandOf(id)],
  ["GET", /^\/api\/commands\/automatic$/, () => automatic(Date.now())],
  ["POST", /^\/api\/commands\/automatic\/reset$/, () => automatic(Date.now())],
  ["GET", /^\/api\/automation$/, () => ({ stopped: false })],
  ["POST", /^\/api\/automation$/, ({ body }) => ({ stopped: (body as { stopped: boolean }).stopped })],
  ["GET", /^\/api\/commands-audit$/, ({ query }) => ({ entries: query.get("before") === null ? [2, 3].map((number) => auditEntry(Date.now(), number)) : [auditEntry(Date.now(), 1)] })],
  ["GET", /^\/api\/inspections\/queue$/, () => waiting(Date.now())],
  ["GET", /^\/api\/inspections\/cameras$/, () => CAMERAS],
  ["GET", /^\/api\/inspections\/accuracy$/, () => accuracy()],
  ["GET", /^\/api\/inspections$/, () => recent(Date.now())],
  ["GET", /^\/api\/inspections\/([^/]+)\/image$/, () => ({ status: 200, png: BISCUIT })],
  ["GET", /^\/api\/inspections\/([^/]+)$/, (_, [id]) => inspectionOf(Date.now(), id) ?? problem(404, `there is no inspection '${id}'`)],
  ["POST", /^\/api\/inspections\/([^/]+)\/review$/, ({ body }, [id]) => lookedAt(id, body as { verdict: "good"; note: string })],
  ["POST", /^\/api\/inspections\/[^/]+\/images$/, () => recent(Date.now())[0]],
  ["GET", /^\/api\/releases$/, () => releases(Date.now())],
  ["POST", /^\/api\/releases\/([^/]+)\/decision$/, (_, [id]) => releaseOf(id)],
  ["POST", /^\/api\/releases\/[^/]+\/promote$/, () => releases(Date.now())],
  ["POST", /^\/api\/releases-rollback$/, () => releases(Date.now())],
  ["GET", /^\/api\/reviews$/, ({ query }) => reviews(Date.now(), query.get("state") ?? "pending")],
  ["POST", /^\/api\/reviews\/([^/]+)$/, ({ body }, [id]) => reviewed(id, body as object)],
];

export function answer(asked: Asked): Answer {
  for (const [method, path, make] of ROUTES) {
    const found = asked.method === method ? path.exec(asked.path) : null;
    if (found) return asAnswer(make(asked, found.slice(1).map(decodeURIComponent)));
  }
  return problem(404, `there is no ${asked.method} ${asked.path} here`);
}

function asAnswer(made: unknown): Answer {
  const whole = typeof made === "object" && made !== null && "status" in made && typeof made.status === "number";
  return whole ? (made as Answer) : { status: 200, json: made };
}

function problem(status: number, detail: string): Answer {
  return { status, json: { type: "about:blank", title: "", status, detail } };
}

function signInWith({ name, password }: { name: string; password: string }): unknown {
  if (password === "wrong") return problem(409, "the name or the password is wrong");
  signedIn = name === "kim" ? samples.ADMIN : { ...samples.SESSION, name };
  return signedIn;
}

function alarmOf(id: string | undefined): unknown {
  return samples.alarms(Date.now()).find((one) => one.alarm_id === id) ?? problem(404, `there is no alarm '${id}'`);
}

function commandOf(id: string | undefined): unknown {
  return commands(Date.now()).find((one) => one.command_id === id) ?? problem(404, `there is no command '${id}'`);
}

function lookedAt(id: string | undefined, { verdict: said, note }: { verdict: "good"; note: string }): unknown {
  const now = Date.now();
  const found = inspectionOf(now, id);
  const review = { verdict: said, note, by: signedIn?.name ?? "", at: samples.at(now) };
  return found ? inspection(now, 0, { ...found, verdict: said, review, queued: false, version: 4 }) : problem(404, `there is no inspection '${id}'`);
}

function releaseOf(id: string | undefined): unknown {
  return releases(Date.now()).releases.find((one) => one.release_id === id) ?? problem(409, `there is no release '${id}'`);
}

function reviewed(id: string | undefined, decision: object): unknown {
  const found = allReviews(Date.now()).find((one) => one.feedback_id === id);
  return found ? { ...found, ...decision, reviewed_by: "Kim", reviewed_at: samples.at(Date.now()) } : problem(404, `there is no verdict '${id}'`);
}

function telemetry({ query }: Asked, [name]: string[]): unknown {
  const now = Date.now();
  const one = samples.line(now).machines.find((machine) => machine.id === name);
  if (!one) return problem(404, `there is no machine '${name}'`);
  const since = query.get("since");
  const minutes = since ? (now - Date.parse(since)) / 60_000 : 30;
  return samples.telemetry(now, one, minutes, Number(query.get("points") ?? 300));
}
