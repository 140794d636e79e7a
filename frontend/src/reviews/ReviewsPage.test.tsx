import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { SESSION } from "../../dev/samples";
import { allReviews, reviews } from "../../dev/samples-of-learning";
import { drawPage } from "../test/draw";
import { json, problem, wire } from "../test/wire";
import type { Review } from "./model";
import ReviewsPage from "./ReviewsPage";

const ENGINEER = { ...SESSION, name: "Eva", role: "engineer" } as const;
const LIST = "GET /api/reviews";

function draw({ session = ENGINEER, at = "/reviews", language = "en" }: Parameters<typeof drawPage>[1] = {}) {
  return drawPage(<ReviewsPage />, { session, at, language });
}

async function detail() {
  return within(await screen.findByRole("article"));
}

function box(name: string): HTMLTextAreaElement {
  return screen.getByRole<HTMLTextAreaElement>("textbox", { name });
}

/** A server that keeps what is decided, as the real one does. */
function keeping(now = Date.now()) {
  const all: Review[] = allReviews(now);
  const sent: unknown[] = [];
  const server = wire({
    [LIST]: (request) => {
      const state = new URL(request.url).searchParams.get("state") ?? "pending";
      const listed = all.filter((one) => one.state === state);
      return json({ ...reviews(now, state), reviews: listed });
    },
  });
  for (const one of all) {
    server.say(`POST /api/reviews/${one.feedback_id}`, async (request) => {
      const decision = await request.json();
      sent.push(decision);
      Object.assign(one, { state: decision.state, reviewed_by: "Eva", reviewed_at: new Date(now).toISOString(), note: decision.note });
      return json(one);
    });
  }
  return { all, sent, server };
}

test("what waits is listed, with how many of each there are and how far it is to the next release", async () => {
  wire();

  draw();

  const queue = within(await screen.findByRole("list", { name: "Verdicts" }));
  expect(queue.getAllByRole("listitem")).toHaveLength(3);
  expect(screen.getByRole("button", { name: "To review 3" }).getAttribute("aria-pressed")).toBe("true");
  expect(screen.getByText("11 of 50 verdicts accepted since the last release: the next one starts by itself at 50.")).toBeTruthy();
});

test("where no release starts by itself, nothing is counted towards one", async () => {
  wire({ [LIST]: () => json({ ...reviews(Date.now(), "pending"), needed: 0 }) });

  draw();

  await screen.findByRole("list", { name: "Verdicts" });
  expect(screen.queryByText(/next release/)).toBeNull();
});

test("a verdict shows what was said then, and why it did not help", async () => {
  wire();

  draw({ at: "/reviews?review=f-1" });

  const shown = await detail();
  expect(shown.getByText(/Take the jammed box out by hand/)).toBeTruthy();
  expect(shown.getByText("Vertical Conveyor is down since 05:48")).toBeTruthy();
  expect(shown.getByText("Right cause, wrong step")).toBeTruthy();
  expect(shown.getByText(/^Ann, /)).toBeTruthy();
  expect(shown.getByRole("link", { name: "r-2026-11-06" })).toBeTruthy();
  expect(box("Answer").value).toBe("Lock out the drive with your own lock, then call maintenance.");
});

test("a citation opens its source", async () => {
  wire({ "GET /api/documents/vertical-conveyor-clear-a-jam.md/text": () => new Response("1. Switch off and lock the drive.") });
  draw({ at: "/reviews?review=f-1" });

  await userEvent.click((await screen.findAllByRole("button", { name: /Open source 1/ }))[0]!);

  const panel = within(await screen.findByRole("complementary", { name: /^Source 1/ }));
  expect(panel.getAllByText(/Switch off and lock the drive/).length).toBeGreaterThan(0);
});

test("the steps that advice quotes cannot be opened, and its outcome is told", async () => {
  wire();

  draw({ at: "/reviews?review=f-3" });

  const shown = await detail();
  expect(shown.getByRole("heading", { name: "Advice on Freezer Tunnel" })).toBeTruthy();
  expect(shown.getByText("Not fixed")).toBeTruthy();
  expect(shown.getByText("[1] freezer-tunnel.md")).toBeTruthy();
  expect(shown.queryByRole("button", { name: /Open source/ })).toBeNull();
});

test("a verdict that did not help and says nothing better has no answer yet, and is not accepted without one", async () => {
  const { sent } = keeping();
  draw({ at: "/reviews?review=f-3" });
  await detail();
  expect(box("Answer").value).toBe("");

  await userEvent.click(screen.getByRole("button", { name: "Accept" }));

  expect(await screen.findByText("To accept it, write the right answer.")).toBeTruthy();
  expect(sent).toEqual([]);
});

test("accepting sends the words as they were edited, and goes on to the next one", async () => {
  const { all, sent } = keeping();
  draw({ at: "/reviews?review=f-1" });
  await detail();

  await userEvent.clear(box("Answer"));
  await userEvent.type(box("Answer"), "Lock out first.");
  await userEvent.type(box("Note (optional)"), "SOP-VC-07");
  await userEvent.click(screen.getByRole("button", { name: "Accept" }));

  expect(await screen.findByText("Accepted.")).toBeTruthy();
  expect(sent).toEqual([
    {
      state: "accepted",
      given_at: all[0]!.given_at,
      question: "How do I clear a jam at the Vertical Conveyor?",
      answer: "Lock out first.",
      note: "SOP-VC-07",
    },
  ]);
  await waitFor(() => expect(box("Question").value).toBe("What does E-217 mean?"));
  expect(document.activeElement?.id).toBe("review-title");
  expect(screen.getAllByRole("listitem").some((item) => item.textContent?.includes("clear a jam"))).toBe(false);
});

test("the keyboard alone accepts: Ctrl+Enter in the answer", async () => {
  const { sent } = keeping();
  draw({ at: "/reviews?review=f-2" });
  await detail();

  box("Answer").focus();
  await userEvent.keyboard("{Control>}{Enter}{/Control}");

  await screen.findByText("Accepted.");
  expect(sent).toHaveLength(1);
});

test("rejecting needs no words and sends none to train on", async () => {
  const { all, sent } = keeping();
  draw({ at: "/reviews?review=f-3" });
  await detail();

  await userEvent.click(screen.getByRole("button", { name: "Reject" }));

  await screen.findByText("Rejected.");
  expect(sent).toEqual([{ state: "rejected", given_at: all[2]!.given_at, note: "" }]);
});

test("after the last one nothing waits", async () => {
  const { all } = keeping();
  all.splice(1);
  draw();
  await detail();

  await userEvent.click(screen.getByRole("button", { name: "Accept" }));

  expect(await screen.findByText("Nothing waits for a review")).toBeTruthy();
  expect(screen.queryByRole("article")).toBeNull();
});

test("a verdict that was given anew meanwhile is shown anew, and is not reviewed unread", async () => {
  const { all, server } = keeping();
  draw({ at: "/reviews?review=f-1" });
  await detail();
  server.say("POST /api/reviews/f-1", () => problem(409, "Ann has given this verdict anew"));
  Object.assign(all[0]!, { correction: "Call maintenance.", given_at: new Date().toISOString() });

  await userEvent.click(screen.getByRole("button", { name: "Accept" }));

  expect(await screen.findByText(/Ann has given this verdict anew\. This verdict has changed meanwhile/)).toBeTruthy();
  expect(box("Answer").value).toBe("Call maintenance.");
});

test("one that somebody else decided about shows their decision", async () => {
  const { all, server } = keeping();
  draw({ at: "/reviews?review=f-1" });
  await detail();
  server.say("POST /api/reviews/f-1", () => problem(409, "Bo has rejected it"));
  Object.assign(all[0]!, { state: "rejected", reviewed_by: "Bo", reviewed_at: "2026-11-21T11:00:00Z", note: "a joke" });

  await userEvent.click(screen.getByRole("button", { name: "Accept" }));

  const decided = await screen.findByText(/Rejected by Bo, /);
  expect(decided.parentElement?.textContent).toContain("a joke");
});

test("what could not be kept is told, and the words stay, a reload included", async () => {
  const { server } = keeping();
  server.say("POST /api/reviews/f-1", () => null);
  const drawn = draw({ at: "/reviews?review=f-1" });
  await detail();
  await userEvent.clear(box("Answer"));
  await userEvent.type(box("Answer"), "Lock out first.");

  await userEvent.click(screen.getByRole("button", { name: "Accept" }));
  expect(await screen.findByText(/What you wrote is still here/)).toBeTruthy();
  drawn.unmount();
  draw({ at: "/reviews?review=f-1" });

  await detail();
  expect(box("Answer").value).toBe("Lock out first.");
});

test("a newer verdict does not push away the one that is being written about", async () => {
  const { all, server } = keeping();
  draw();
  await detail();
  await userEvent.type(box("Answer"), " Then wait.");

  all.unshift({ ...all[1]!, feedback_id: "f-9", question: "A newer one?", given_at: new Date().toISOString() });
  const readBefore = server.asked.length;
  document.dispatchEvent(new Event("visibilitychange"));

  await waitFor(() => expect(screen.getByText("A newer one?")).toBeTruthy());
  expect(server.asked.length).toBeGreaterThan(readBefore);
  expect(box("Answer").value).toContain("Then wait.");
});

test("accepted ones show what was kept, by whom", async () => {
  wire();
  draw();

  await userEvent.click(await screen.findByRole("button", { name: "Accepted 18" }));

  expect(await screen.findByText(/Accepted by Eva, /)).toBeTruthy();
  expect(box("Answer").value).toBe("Every 400 boxes.");
});

test("where verdicts are not reviewed, that is explained and is no error", async () => {
  wire({ [LIST]: () => problem(404, "verdicts are not reviewed here") });

  draw();

  expect(await screen.findByText("Verdicts are not reviewed here")).toBeTruthy();
  expect(screen.queryByRole("alert")).toBeNull();
});

test("an operator reviews nothing, and asks for nothing", async () => {
  const server = wire();

  draw({ session: SESSION });

  expect(await screen.findByText("Only engineers and administrators review verdicts.")).toBeTruthy();
  expect(server.asked.some((one) => one.startsWith(LIST))).toBe(false);
});

test("the page speaks German and Chinese", async () => {
  wire();
  draw({ language: "de" });
  expect(await screen.findByRole("button", { name: "Annehmen" })).toBeTruthy();

  draw({ language: "zh" });
  expect(await screen.findByRole("button", { name: "接受" })).toBeTruthy();
});
