import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { SESSION } from "../../dev/samples";
import { command, outcome, whatIf } from "../../dev/samples-of-commands";
import CommandsPage from "../commands/CommandsPage";
import { askedAnew, type Proposal } from "../commands/model";
import { LanguageProvider } from "../i18n/language";
import { drawPage } from "../test/draw";
import { json, problem, wire } from "../test/wire";
import { marksOf, rounded, WIDTH } from "./scale";
import { WhatIf } from "./WhatIf";

const ENGINEER = { ...SESSION, name: "Enno", role: "engineer" } as const;
const ASK = "POST /api/commands/what-if";
const DECIDE = "POST /api/commands/c-waiting/decision";

const PROPOSAL: Proposal = { ...askedAnew(command(Date.now(), { command_id: "c-1" }), Date.now()), value: 9 };

/** The part by itself, for one proposal; `ask` presses. */
function draw(proposal: Proposal | null = PROPOSAL, language: "en" | "de" = "en") {
  const scene = (one: Proposal | null) => (
    <LanguageProvider initial={language}>
      <WhatIf proposal={one} />
    </LanguageProvider>
  );
  const { rerender } = render(scene(proposal));
  return { change: (one: Proposal | null) => rerender(scene(one)) };
}

const button = () => screen.getByRole<HTMLButtonElement>("button");
const ask = () => userEvent.click(button());
const told = (text: string) => screen.findAllByText((_, element) => element?.tagName === "P" && element.textContent === text);

test("nobody is asked before somebody presses, and nothing can be asked without a value", () => {
  const server = wire();
  const drawn = draw(null);
  expect(button().disabled).toBe(true);

  drawn.change(PROPOSAL);

  expect(button().disabled).toBe(false);
  expect(server.asked).toEqual([]);
});

test("every figure is told before and after, with what it lies between, and drawn", async () => {
  wire();
  draw();

  await ask();

  expect(await screen.findByText(/^Fewer stopped minutes of Cookie Inspector/)).toBeTruthy();
  const [rejects, stopped, shown] = within(screen.getByRole("list", { name: "Without the change and with it" })).getAllByRole("listitem");
  expect(rejects?.textContent).toContain("330 an hour without it, 364 with it. No difference that stands out of chance: +34; between −27 and +96 in nine of ten hours. 314 were counted.");
  expect(stopped?.textContent).toContain("28 an hour without it, 5.2 with it. −23; between −29 and −16 in nine of ten hours.");
  expect(shown?.textContent).toContain("8.1 °C without it, 6.3 with it. −1.8.");
  expect([rejects, stopped].map((item) => item?.className)).toEqual(["", "stands-out"]);
  expect(document.querySelectorAll(".whisker")).toHaveLength(3);
  expect(screen.getByText(/the last 60 min, replayed 12 times without the change and 12 times with it/)).toBeTruthy();
});

test("while it is worked out one sees that, and another value takes the answer away and asks nobody", async () => {
  let answer: (response: Response) => void = () => undefined;
  const server = wire({ [ASK]: () => new Promise((done) => (answer = done)) });
  const drawn = draw();
  await ask();
  expect(await screen.findByText(/replays the last hour; this takes some seconds\. \d s/)).toBeTruthy();

  answer(json(whatIf()));
  expect(await screen.findByText(/^Fewer stopped minutes/)).toBeTruthy();
  drawn.change({ ...PROPOSAL, value: 9.5 });

  expect(screen.queryByText(/^Fewer stopped minutes/)).toBeNull();
  expect(server.asked).toEqual([ASK]);
});

test.each([
  ["no model here", () => problem(404, "not found"), "Nobody can tell what it would do. There is no model of this line here. It can be decided without."],
  [
    "nobody can tell",
    () => json(whatIf({ headline: "Nobody can tell what it would do.", unknown: "there is no model of a line here", outcomes: [], assumed: [] })),
    "Nobody can tell what it would do. There is no model of a line here. It can be decided without.",
  ],
])("where there is no answer it is said plainly: %s", async (_, said, sentence) => {
  wire({ [ASK]: said });
  draw();

  await ask();

  expect(await told(sentence)).not.toEqual([]);
});

test("who is told to wait may ask again", async () => {
  const server = wire({ [ASK]: () => problem(409, "another change is being tried out just now") });
  draw();
  await ask();
  expect(await told("Nobody can tell what it would do. Another change is being tried out just now. It can be decided without.")).not.toEqual([]);

  server.say(ASK, () => json(whatIf()));
  await ask();

  expect(await screen.findByText(/^Fewer stopped minutes/)).toBeTruthy();
  expect(screen.queryByText(/Another change is being tried out/)).toBeNull();
});

test("it stands in both dialogs, and asking does not hold up who decides", async () => {
  const sent: object[] = [];
  wire({
    [ASK]: () => new Promise(() => undefined),
    [DECIDE]: async (request) => {
      sent.push((await request.json()) as object);
      return json(command(Date.now(), { command_id: "c-waiting" }));
    },
  });
  drawPage(<CommandsPage />, { session: ENGINEER, at: "/commands" });
  await userEvent.click(await screen.findByRole("button", { name: "Propose a change of Belt speed of the Freezer Tunnel" }));
  expect(within(await screen.findByRole("dialog")).getByRole("button", { name: "What would it do?" })).toBeTruthy();
  await userEvent.keyboard("{Escape}");
  await userEvent.click(screen.getByRole("button", { name: "Decide about Freezer Tunnel, Belt speed → 9.25 rpm" }));
  await waitFor(() => expect(document.activeElement?.textContent).toBe("Reject"));
  await userEvent.click(screen.getByRole("button", { name: "What would it do?" }));

  await userEvent.click(screen.getByRole("button", { name: "Approve" }));

  await waitFor(() => expect(sent).toEqual([{ approved: true, version: 1, note: "" }]));
});

test("what comes out the same every time is said to be the same", async () => {
  const same = { without: 78.2, with_change: 78.2, difference: 0, low: 0, high: 0, observed: 81 };
  wire({ [ASK]: () => json(whatIf({ outcomes: [outcome(same)] })) });
  draw();

  await ask();

  expect(await screen.findByText("78 an hour without it, 78 with it. No difference. 81 were counted.")).toBeTruthy();
});

test("it speaks German", async () => {
  wire();
  draw(PROPOSAL, "de");

  await ask();

  expect(await screen.findByText(/330 je Stunde ohne sie, 364 mit ihr/)).toBeTruthy();
});

test("the marks stand where the values are, and nothing leaves the picture", () => {
  const marks = marksOf(outcome({ without: 100, with_change: 120, difference: 20, low: -10, high: 50 }));

  expect([marks.from, marks.without, marks.withChange, marks.to].map(Math.round)).toEqual([8, 32, 80, 152]);
  expect(marksOf(outcome({ without: 5, with_change: 5, difference: 0, low: 0, high: 0 })).withChange).toBe(WIDTH / 2);
});

test("no figure is told more exactly than a model knows it", () => {
  expect([329.5, 9.96, -26.9, 0.04].map(rounded)).toEqual([330, 10, -27, 0]);
});
