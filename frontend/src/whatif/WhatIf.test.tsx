import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { SESSION } from "../../dev/samples";
import { command, outcome, whatIf } from "../../dev/samples-of-commands";
import CommandsPage from "../commands/CommandsPage";
import { drawPage } from "../test/draw";
import { json, problem, wire } from "../test/wire";
import { marksOf, rounded, WIDTH } from "./scale";

const ENGINEER = { ...SESSION, name: "Enno", role: "engineer" } as const;
const ASK = "POST /api/commands/what-if";
const DECIDE = "POST /api/commands/c-waiting/decision";

async function dialogFor(button: string, language: "en" | "de" = "en") {
  drawPage(<CommandsPage />, { session: ENGINEER, at: "/commands", language });
  await userEvent.click(await screen.findByRole("button", { name: button }));
  return within(await screen.findByRole("dialog"));
}

const proposing = () => dialogFor("Propose a change of Belt speed of the Freezer Tunnel");
const deciding = () => dialogFor("Decide about Freezer Tunnel, Belt speed → 9.25 rpm");

test("nobody is asked before somebody presses, and nothing can be asked without a value", async () => {
  const server = wire();
  const dialog = await proposing();
  const button = dialog.getByRole<HTMLButtonElement>("button", { name: "What would it do?" });
  expect(button.disabled).toBe(true);

  await userEvent.type(dialog.getByLabelText("New value in rpm"), "9");
  await dialog.findByText("Allowed once another person approves.");

  expect(button.disabled).toBe(false);
  expect(server.asked).not.toContain(ASK);
});

test("every figure is told before and after, with what it lies between, and drawn", async () => {
  wire();
  const dialog = await proposing();
  await userEvent.type(dialog.getByLabelText("New value in rpm"), "9");

  await userEvent.click(dialog.getByRole("button", { name: "What would it do?" }));

  expect(await dialog.findByText(/^Fewer stopped minutes of Cookie Inspector/)).toBeTruthy();
  const [rejects, stopped, shown] = within(dialog.getByRole("list", { name: "Without the change and with it" })).getAllByRole("listitem");
  expect(rejects?.textContent).toContain("330 an hour without it, 364 with it. No difference that stands out of chance: +34; between −27 and +96 in nine of ten hours. 314 were counted.");
  expect(stopped?.textContent).toContain("28 an hour without it, 5.2 with it. −23; between −29 and −16 in nine of ten hours.");
  expect(shown?.textContent).toContain("8.1 °C without it, 6.3 with it. −1.8.");
  expect([rejects, stopped].map((item) => item?.className)).toEqual(["", "stands-out"]);
  expect(document.querySelectorAll(".whisker")).toHaveLength(3);
  expect(dialog.getByText(/the last 60 min, replayed 12 times without the change and 12 times with it/)).toBeTruthy();
});

test("while it is worked out one sees that, and another value takes the answer away", async () => {
  let answer: (response: Response) => void = () => undefined;
  const server = wire({ [ASK]: () => new Promise((done) => (answer = done)) });
  const dialog = await proposing();
  const box = dialog.getByLabelText("New value in rpm");
  await userEvent.type(box, "9");
  await userEvent.click(dialog.getByRole("button", { name: "What would it do?" }));
  expect(await dialog.findByText(/replays the last hour; this takes some seconds\. \d s/)).toBeTruthy();

  answer(json(whatIf()));
  expect(await dialog.findByText(/^Fewer stopped minutes/)).toBeTruthy();
  await userEvent.type(box, ".5");
  await waitFor(() => expect(server.asked.filter((one) => one.endsWith("/check"))).toHaveLength(2));

  expect(dialog.queryByText(/^Fewer stopped minutes/)).toBeNull();
  expect(server.asked.filter((one) => one === ASK)).toHaveLength(1);
});

test.each([
  ["no model here", () => problem(404, "not found"), "Nobody can tell what it would do. There is no model of this line here. It can be decided without."],
  ["another question first", () => problem(409, "another change is being tried out just now"), "Nobody can tell what it would do. Another change is being tried out just now. It can be decided without."],
  [
    "nobody can tell",
    () => json(whatIf({ headline: "Nobody can tell what it would do.", unknown: "there is no model of a line here", outcomes: [], assumed: [] })),
    "Nobody can tell what it would do. There is no model of a line here. It can be decided without.",
  ],
])("where there is no answer it is said plainly, and a decision is still to be had: %s", async (_, said, told) => {
  const sent: object[] = [];
  wire({
    [ASK]: said,
    [DECIDE]: async (request) => {
      sent.push((await request.json()) as object);
      return json(command(Date.now(), { command_id: "c-waiting" }));
    },
  });
  const dialog = await deciding();
  await userEvent.click(dialog.getByRole("button", { name: "What would it do?" }));
  await waitFor(() => expect(dialog.getAllByText((__, element) => element?.tagName === "P" && element.textContent === told).length).toBeGreaterThan(0));

  await userEvent.click(dialog.getByRole("button", { name: "Approve" }));

  await waitFor(() => expect(sent).toEqual([{ approved: true, version: 1, note: "" }]));
});

test("who is told to wait may ask again", async () => {
  const server = wire({ [ASK]: () => problem(409, "another change is being tried out just now") });
  const dialog = await deciding();
  const button = dialog.getByRole("button", { name: "What would it do?" });
  await userEvent.click(button);
  await dialog.findAllByText(/Another change is being tried out/);

  server.say(ASK, () => json(whatIf()));
  await userEvent.click(button);

  expect(await dialog.findByText(/^Fewer stopped minutes/)).toBeTruthy();
  expect(dialog.queryByText(/Another change is being tried out/)).toBeNull();
});

test("asking does not hold up who decides, and the focus begins on the no", async () => {
  const sent: object[] = [];
  wire({
    [ASK]: () => new Promise(() => undefined),
    [DECIDE]: async (request) => {
      sent.push((await request.json()) as object);
      return json(command(Date.now(), { command_id: "c-waiting" }));
    },
  });
  const dialog = await deciding();
  await waitFor(() => expect(document.activeElement?.textContent).toBe("Reject"));
  await userEvent.click(dialog.getByRole("button", { name: "What would it do?" }));

  await userEvent.click(dialog.getByRole("button", { name: "Reject" }));

  await waitFor(() => expect(sent).toEqual([{ approved: false, version: 1, note: "" }]));
});

test("it speaks German", async () => {
  wire();
  const dialog = await dialogFor("Über Freezer Tunnel, Belt speed → 9,25 rpm entscheiden", "de");

  await userEvent.click(dialog.getByRole("button", { name: "Was würde es bewirken?" }));

  expect(await dialog.findByText(/330 je Stunde ohne sie, 364 mit ihr/)).toBeTruthy();
});

test("the marks stand where the values are, and nothing leaves the picture", () => {
  const marks = marksOf(outcome({ without: 100, with_change: 120, difference: 20, low: -10, high: 50 }));

  expect([marks.from, marks.without, marks.withChange, marks.to].map(Math.round)).toEqual([8, 32, 80, 152]);
  expect(marksOf(outcome({ without: 5, with_change: 5, difference: 0, low: 0, high: 0 })).withChange).toBe(WIDTH / 2);
});

test("no figure is told more exactly than a model knows it", () => {
  expect([329.5, 9.96, -26.9, 0.04].map(rounded)).toEqual([330, 10, -27, 0]);
});
