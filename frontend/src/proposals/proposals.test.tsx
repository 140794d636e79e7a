import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { alarms, SESSION } from "../../dev/samples";
import { command, points } from "../../dev/samples-of-commands";
import AlarmsPage from "../alarms/AlarmsPage";
import type { Alarm } from "../alarms/model";
import { drawPage } from "../test/draw";
import { json, problem, wire } from "../test/wire";
import { ImagesLink } from "./ImagesLink";
import { PossibleChanges } from "./PossibleChanges";
import { ProposalCard, type WrittenDown } from "./ProposalCard";

const VIEWER = { ...SESSION, name: "Vera", role: "viewer" } as const;
const PROPOSE = "POST /api/commands";
const WRITTEN: WrittenDown = {
  device: "Vertical Conveyor",
  attribute: "Speed",
  label: "Lift speed",
  point: "SpeedSetpoint",
  from_value: 30,
  to_value: 28.5,
  unit: "RPM",
  channel: "agent",
};

/** What was sent to the desk, which takes everything. */
function listening() {
  const sent: Record<string, unknown>[] = [];
  const server = wire({
    [PROPOSE]: async (request) => {
      sent.push((await request.json()) as Record<string, unknown>);
      return json({ ...command(Date.now(), { command_id: "c-new" }), ...sent.at(-1) });
    },
  });
  return { sent, server };
}

type Someone = typeof SESSION | typeof VIEWER;

const ALARM = alarms(Date.now())[0] as Alarm;
const drawChanges = (session: Someone = SESSION) => drawPage(<PossibleChanges alarm={ALARM} />, { session });

function drawCard(proposal: WrittenDown = WRITTEN, session: Someone = SESSION) {
  drawPage(<ProposalCard proposal={proposal} question="Set the lift speed to 28.5" />, { session });
}

async function open(button: string) {
  await userEvent.click(await screen.findByRole("button", { name: button }));
  return within(await screen.findByRole("dialog"));
}

test("an alarm suggests a step and says why, as something that nobody has proposed", async () => {
  const { sent } = listening();
  drawChanges();

  const part = within(await screen.findByRole("region", { name: "Propose a change" }));

  const [dough, lift] = part.getAllByRole("listitem");
  expect(dough?.textContent).toContain("Dough temperature of the Cookie Former could be lowered to 1.2 °C.");
  expect(dough?.textContent).toMatch(/Dough temperature was 6.8 °C at .*, above its limit of 4 °C\./);
  expect(lift?.textContent).not.toMatch(/could be/);
  expect(part.getByText(/^For a person to propose: nothing is sent unless somebody does/)).toBeTruthy();
  expect(part.getByRole("link", { name: "Everything that may be set there" }).getAttribute("href")).toBe("/commands?alarm=a-1");
  expect(sent).toEqual([]);
});

test("the dialog opens with the suggested value, which the person may change, and the proposal carries the alarm", async () => {
  const { sent } = listening();
  drawPage(<AlarmsPage />, { at: "/alarms?alarm=a-1" });
  const dialog = await open("Propose a change of Dough temperature of the Cookie Former");
  const box = dialog.getByLabelText<HTMLInputElement>("New value in °C");
  expect(box.value).toBe("1.2");

  await userEvent.clear(box);
  await userEvent.type(box, "1.5{Enter}");

  expect(await screen.findByText(/Waiting for another person's approval/)).toBeTruthy();
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(sent).toMatchObject([{ device: "Cookie Former", attribute: "TemperatureSetpoint", value: 1.5, alarm_id: "a-1", channel: "console" }]);
  expect(screen.getByRole("link", { name: "To the commands" }).getAttribute("href")).toBe("/commands");
});

test("where no rule can say a value the person begins with an empty box", async () => {
  listening();
  drawChanges();

  const dialog = await open("Propose a change of Lift speed of the Vertical Conveyor");

  expect(dialog.getByLabelText<HTMLInputElement>("New value in rpm").value).toBe("");
});

test("nothing of it may be set, it cannot be read, or a viewer looks: nothing is offered", async () => {
  const server = wire({ "GET /api/alarms/a-1/changes": () => json([]) });
  const asked = () => server.asked.filter((one) => one.endsWith("/changes")).length;
  drawChanges();
  await waitFor(() => expect(asked()).toBe(1));

  server.say("GET /api/alarms/a-1/changes", () => problem(500, "the records cannot be read"));
  drawChanges();
  await waitFor(() => expect(asked()).toBe(2));
  drawChanges(VIEWER);
  await new Promise((drawn) => setTimeout(drawn, 100));

  expect(asked()).toBe(2);
  expect(screen.queryByRole("region", { name: "Propose a change" })).toBeNull();
});

test("a set-point that the site file has lost since is told as gone", async () => {
  wire({ "GET /api/command-points": () => json(points(Date.now()).slice(1)) });
  drawChanges();

  const dialog = await open("Propose a change of Dough temperature of the Cookie Former");

  expect(dialog.getByText("The site file does not declare this set-point any more.")).toBeTruthy();
});

test("rejects lead to the images of that machine's product, where a camera looks at it", async () => {
  const rejects = { ...ALARM, kind: "reject_rate", device: "Cookie Inspector", onset: "2026-11-21T10:00:00Z" } as Alarm;
  const server = wire({ "GET /api/inspections/cameras": () => json([{ line: "line-1", device: "Cookie Inspector" }]) });
  const drawn = drawPage(<ImagesLink alarm={rejects} />);
  expect((await screen.findByRole("link", { name: "Images of the product" })).getAttribute("href")).toBe("/inspections?device=Cookie+Inspector&from=2026-11-21T10%3A00%3A00Z&verdict=defects");
  drawn.unmount();

  server.say("GET /api/inspections/cameras", () => problem(404, "no images are inspected here"));
  drawPage(<ImagesLink alarm={rejects} />);
  drawPage(<ImagesLink alarm={ALARM} />);
  await waitFor(() => expect(server.asked.filter((one) => one.endsWith("/cameras"))).toHaveLength(2));
  await new Promise((waited) => setTimeout(waited, 50));

  expect(screen.queryByRole("link")).toBeNull();
  expect(server.asked.filter((one) => one.endsWith("/cameras"))).toHaveLength(2);
});

test("what the assistant wrote down is shown as not sent, and nothing happens before somebody presses", async () => {
  const { sent, server } = listening();

  drawCard();

  const card = await screen.findByRole("region", { name: "Proposal, not sent" });
  expect(card.textContent).toContain("Proposal, not sent: Lift speed of the Vertical Conveyor from 30 rpm to 28.5 rpm");
  expect(sent).toEqual([]);
  expect(server.asked.some((one) => one.includes("command"))).toBe(false);
});

test.each([
  ["agent", "The assistant wrote it down at your words."],
  ["voice", "The assistant wrote it down as you said it."],
] as const)("pressed, it opens the dialog filled in, and is proposed by %s", async (channel, told) => {
  const { sent } = listening();
  drawCard({ ...WRITTEN, channel });

  const dialog = await open("Check and propose…");
  expect(dialog.getByLabelText<HTMLInputElement>("New value in rpm").value).toBe("28.5");
  expect(dialog.getByText(new RegExp(`${told} It goes to the machine once another person has approved it`))).toBeTruthy();
  expect(sent).toEqual([]);
  await userEvent.click(dialog.getByRole("button", { name: "Propose" }));

  await waitFor(() => expect(sent).toMatchObject([{ channel, value: 28.5, alarm_id: "", justification: "Asked the assistant: Set the lift speed to 28.5" }]));
});

test("what has no set-point, and what a viewer asked for, cannot be proposed from the card", async () => {
  listening();
  drawCard({ ...WRITTEN, point: "" });
  expect(await screen.findByText("No set-point is declared for it: it can only be changed at the machine.")).toBeTruthy();
  expect(screen.queryByRole("button")).toBeNull();

  drawCard(WRITTEN, VIEWER);
  expect(await screen.findByText("Operators and above propose.")).toBeTruthy();
  expect(screen.queryByRole("button")).toBeNull();
});

test("a question as long as it may be still fits into the reason", async () => {
  const { sent } = listening();
  drawPage(<ProposalCard proposal={WRITTEN} question={"x".repeat(2_000)} />);
  const dialog = await open("Check and propose…");

  await userEvent.click(dialog.getByRole("button", { name: "Propose" }));

  await waitFor(() => expect(String(sent[0]?.justification)).toHaveLength(500));
});
