import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { SESSION } from "../../dev/samples";
import { command, commands, points, verdict } from "../../dev/samples-of-commands";
import { drawPage } from "../test/draw";
import { json, problem, wire } from "../test/wire";
import CommandsPage from "./CommandsPage";

const ENGINEER = { ...SESSION, name: "Enno", role: "engineer" } as const;
const VIEWER = { ...SESSION, name: "Vera", role: "viewer" } as const;
const OLGA = { ...SESSION, name: "Olga" } as const;
const LIST = "GET /api/commands";
const PROPOSE = "POST /api/commands";
const CHECK = "POST /api/commands/check";
const DECIDE = "POST /api/commands/c-waiting/decision";
const LIFT = "Propose a change of Lift speed of the Vertical Conveyor";

function draw({ session = ENGINEER, at = "/commands", language = "en" }: Parameters<typeof drawPage>[1] = {}) {
  drawPage(<CommandsPage />, { session, at, language });
}

/** What was sent to `route`, and what is answered. */
function listening(route: string, answered: (body: object) => Response) {
  const sent: object[] = [];
  const server = wire({
    [route]: async (request) => {
      const body = (await request.json()) as object;
      sent.push(body);
      return answered(body);
    },
  });
  return { sent, server };
}

function accepted(body: object): Response {
  return json({ ...command(Date.now(), { command_id: "" }), ...body });
}

async function dialogFor(button: string) {
  await userEvent.click(await screen.findByRole("button", { name: button }));
  return within(await screen.findByRole("dialog"));
}

const decideDialog = () => dialogFor("Decide about Freezer Tunnel, Belt speed → 9.25 rpm");

test("what may be set stands by machine, with the value in force, its limits and its risk; a stale one is unknown", async () => {
  wire();

  draw();

  const lift = (await screen.findByRole("button", { name: LIFT })).closest("li");
  expect(lift?.textContent).toContain("30 rpm");
  expect(lift?.textContent).toContain("20 to 40 rpm · at most 5 rpm at a time");
  expect(lift?.textContent).toContain("Low risk");
  expect(lift?.textContent).toContain("A change is under way.");
  const dough = screen.getByText("Dough temperature", { selector: "b" }).closest("li");
  expect(dough?.textContent).toMatch(/unknown \(no fresh value; last heard at/);
});

test("what waits stands first, what was delivered is not done, and only what was seen to be done is marked so", async () => {
  wire();

  draw();

  const waiting = within(await screen.findByRole("list", { name: "Wait for a person" })).getAllByRole("listitem");
  expect(waiting.map((item) => item.querySelector(".command-status")?.textContent)).toEqual(["Waiting for another person's approval"]);
  expect(waiting[0]?.textContent).toMatch(/Expires in 9 min, at/);
  const under = within(screen.getByRole("list", { name: "On their way" })).getByRole("listitem");
  expect(under.textContent).toContain("The machine says yes; not seen to be done");
  expect(document.querySelectorAll(".command-status.done")).toHaveLength(1);
  expect(screen.getByText("Done, as the read-back shows").closest("li")?.textContent).toMatch(/31.98 rpm at/);
});

test("only the newest that ended are shown until somebody asks for the rest", async () => {
  wire();
  draw();
  expect(within(await screen.findByRole("list", { name: "Ended" })).getAllByRole("listitem")).toHaveLength(5);

  await userEvent.click(screen.getByRole("button", { name: "Show the other 1" }));

  expect(within(screen.getByRole("list", { name: "Ended" })).getAllByRole("listitem")).toHaveLength(6);
});

test("a proposal is checked before it is sent, and the list tells how it stands", async () => {
  const { sent, server } = listening(PROPOSE, accepted);
  draw();
  const dialog = await dialogFor("Propose a change of Belt speed of the Freezer Tunnel");
  expect(dialog.getByText("From 6 to 12 rpm; at most 1 rpm at a time.")).toBeTruthy();

  await userEvent.type(dialog.getByLabelText("New value in rpm"), "9,25");
  await userEvent.type(dialog.getByLabelText("Why (optional)"), "It runs cold");
  expect(await dialog.findByText("Allowed once another person approves.")).toBeTruthy();
  expect(dialog.getByText("9 RPM lies within 6 to 12 RPM")).toBeTruthy();
  expect(sent).toEqual([]);
  await userEvent.click(dialog.getByRole("button", { name: "Propose" }));

  expect(await screen.findByText("Freezer Tunnel, Belt speed → 9.25 rpm: Waiting for another person's approval.")).toBeTruthy();
  expect(sent).toEqual([
    {
      command_id: expect.stringMatching(/^console-[0-9a-f]{32}$/),
      device: "Freezer Tunnel",
      attribute: "SpeedSetpoint",
      value: 9.25,
      unit: "RPM",
      expires_in_seconds: 600,
      alarm_id: "",
      justification: "It runs cold",
      channel: "console",
    },
  ]);
  expect(server.asked.filter((one) => one === CHECK).length).toBeGreaterThan(0);
});

test("sent a second time after a lost answer it is the same command, and nothing written is lost", async () => {
  const { sent, server } = listening(PROPOSE, () => problem(503, "the store does not answer"));
  draw();
  const dialog = await dialogFor(LIFT);
  await userEvent.type(dialog.getByLabelText("New value in rpm"), "32{Enter}");
  expect(await dialog.findByText("The store does not answer.")).toBeTruthy();

  server.say(PROPOSE, async (request) => {
    const body = (await request.json()) as object;
    sent.push(body);
    return accepted(body);
  });
  await userEvent.click(dialog.getByRole("button", { name: "Propose" }));

  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(sent).toHaveLength(2);
  expect(sent[1]).toEqual(sent[0]);
});

test("nothing is sent that is no number, that is beyond the limits, or that the rules refuse", async () => {
  const server = wire({ [CHECK]: () => json(verdict({ decision: "refused", checks: [{ name: "state", passed: false, reason: "the state is 'Down'", values: {} }] })) });
  draw();
  const dialog = await dialogFor(LIFT);
  const box = dialog.getByLabelText("New value in rpm");

  await userEvent.click(dialog.getByRole("button", { name: "Propose" }));
  expect(dialog.getByText("Enter the new value.")).toBeTruthy();
  await userEvent.type(box, "41{Enter}");
  expect(dialog.getByText("At most 40 rpm.")).toBeTruthy();
  expect(server.asked).not.toContain(CHECK);
  await userEvent.clear(box);
  await userEvent.type(box, "31");
  expect(await dialog.findByText("the state is 'Down'")).toBeTruthy();
  await userEvent.type(box, "{Enter}");

  expect(dialog.getAllByText("The rules refuse it now.").length).toBeGreaterThan(0);
  expect(server.asked).not.toContain(PROPOSE);
});

test("deciding begins on the no, shows from what to what, and Enter never approves", async () => {
  const { sent } = listening(DECIDE, accepted);
  draw();
  const dialog = await decideDialog();
  await waitFor(() => expect(document.activeElement?.textContent).toBe("Reject"));
  expect(dialog.getByText("from 8.85 rpm to 9.25 rpm")).toBeTruthy();
  expect(dialog.getByText("Every rule holds now.")).toBeTruthy();

  const approve = dialog.getByRole("button", { name: "Approve" });
  approve.focus();
  await userEvent.keyboard("{Enter}");
  await userEvent.type(dialog.getByLabelText("Note (optional)"), "Seen at the tunnel{Enter}");
  expect(sent).toEqual([]);
  approve.focus();
  await userEvent.keyboard(" ");

  await screen.findByText(/^Freezer Tunnel, Belt speed → 9.25 rpm: /);
  expect(sent).toEqual([{ approved: true, version: 1, note: "Seen at the tunnel" }]);
});

test("Enter as the dialog opens says no", async () => {
  const { sent } = listening(DECIDE, accepted);
  draw();
  await decideDialog();
  await waitFor(() => expect(document.activeElement?.textContent).toBe("Reject"));

  await userEvent.keyboard("{Enter}");

  await waitFor(() => expect(sent).toEqual([{ approved: false, version: 1, note: "" }]));
});

test("somebody was faster: the server's sentence, the list again, and no second decision about what has changed", async () => {
  const server = wire({ [DECIDE]: () => problem(409, "the command has changed since you looked at it: look again, then decide") });
  draw();
  const dialog = await decideDialog();
  const approved = commands(Date.now()).map((one) => (one.command_id === "c-waiting" ? { ...one, version: 2, status: "approved", label: "Approved, not sent yet" } : one));
  const readBefore = server.asked.filter((one) => one === LIST).length;
  server.say(LIST, () => json(approved));

  await userEvent.click(dialog.getByRole("button", { name: "Approve" }));

  expect(await dialog.findByText("The command has changed since you looked at it: look again, then decide.")).toBeTruthy();
  expect(await dialog.findByText("It has changed while you looked at it: Approved, not sent yet.")).toBeTruthy();
  expect(dialog.queryByRole("button", { name: "Approve" })).toBeNull();
  expect(server.asked.filter((one) => one === LIST).length).toBeGreaterThan(readBefore);
});

test("who proposed it reads why they cannot approve, and takes it back", async () => {
  const { sent } = listening("POST /api/commands/c-waiting/withdraw", accepted);
  draw({ session: OLGA });
  expect(await screen.findByText("You proposed it: another person must approve it.")).toBeTruthy();
  expect(screen.queryByRole("button", { name: /^Decide about/ })).toBeNull();

  const dialog = await dialogFor("Take back Freezer Tunnel, Belt speed → 9.25 rpm");
  await userEvent.type(dialog.getByLabelText("Note (optional)"), "Wrong tunnel");
  await userEvent.click(dialog.getByRole("button", { name: "Take back" }));

  await waitFor(() => expect(sent).toEqual([{ note: "Wrong tunnel" }]));
});

test("who may only reject is told so in place of the button", async () => {
  wire({ "GET /api/command-points": () => json(points(Date.now()).map((one) => ({ ...one, may_approve: "engineer" }))) });
  draw({ session: { ...SESSION, name: "Ole" } });

  const dialog = await decideDialog();

  expect(dialog.getByText("To approve this takes the role engineer; you can reject it.")).toBeTruthy();
  expect(dialog.queryByRole("button", { name: "Approve" })).toBeNull();
  expect(dialog.getByRole("button", { name: "Reject" })).toBeTruthy();
});

test("a viewer looks, and acts on nothing", async () => {
  const server = wire();

  draw({ session: VIEWER });

  expect(await screen.findByText("Operators and above propose and decide.")).toBeTruthy();
  await screen.findByText("Lift speed", { selector: "b" });
  expect(screen.queryByRole("button", { name: /^(Propose|Decide|Take back|Stop)/ })).toBeNull();
  expect(screen.queryByRole("button", { name: "Audit log" })).toBeNull();
  expect(server.asked.some((one) => one.startsWith("POST"))).toBe(false);
});

test("automation is stopped by an operator with a reason and a second click; an engineer starts it again", async () => {
  const { sent, server } = listening("POST /api/automation", json);
  draw({ session: OLGA });
  const dialog = await dialogFor("Stop all automation…");
  await userEvent.click(dialog.getByRole("button", { name: "Stop all" }));
  expect(sent).toEqual([]);

  server.say("GET /api/automation", () => json({ stopped: true }));
  await userEvent.type(dialog.getByLabelText("Reason"), "Work on the tunnel");
  await userEvent.click(dialog.getByRole("button", { name: "Stop all" }));

  expect(await screen.findByText("Stopped: Lineside proposes nothing by itself.")).toBeTruthy();
  expect(sent).toEqual([{ stopped: true, reason: "Work on the tunnel" }]);
  expect(screen.getByText("To start it again takes an engineer.")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Start automation again…" })).toBeNull();
});

test("an engineer reads the newest entries of the log, which is asked for only then, and goes back page by page", async () => {
  const server = wire();
  draw();
  await screen.findByRole("button", { name: LIFT });
  expect(server.asked.some((one) => one.includes("commands-audit"))).toBe(false);

  await userEvent.click(screen.getByRole("button", { name: "Audit log" }));
  const log = within(await screen.findByRole("list", { name: "Audit log" }));
  expect(log.getAllByText("Freezer Tunnel SpeedSetpoint · awaiting approval")).toHaveLength(2);
  await userEvent.click(screen.getByRole("button", { name: "Show older entries" }));

  await waitFor(() => expect(log.getAllByText(/^Entry \d$/).map((one) => one.textContent)).toEqual(["Entry 3", "Entry 2", "Entry 1"]));
  expect(server.asked.filter((one) => one.includes("commands-audit"))).toEqual(["GET /api/commands-audit?limit=50", "GET /api/commands-audit?limit=50&before=2"]);
  expect(screen.queryByRole("button", { name: "Show older entries" })).toBeNull();
});

test("from an alarm one comes to the machine that caused it, and the proposal carries the alarm", async () => {
  const { sent } = listening(PROPOSE, accepted);
  draw({ at: "/commands?alarm=a-1" });
  const told = await screen.findByText(/Because of the alarm “Vertical Conveyor stopped”/);
  await waitFor(() => expect(screen.queryByText("Dough temperature", { selector: "b" })).toBeNull());

  const dialog = await dialogFor(LIFT);
  await userEvent.type(dialog.getByLabelText("New value in rpm"), "28{Enter}");

  await waitFor(() => expect(sent).toMatchObject([{ alarm_id: "a-1", value: 28 }]));
  expect(within(told).getByRole("link", { name: "Show every machine" }).getAttribute("href")).toBe("/commands");
});

test("nothing commanded from here, nothing declared, nothing proposed and nothing readable are told apart", async () => {
  const server = wire({ "GET /api/command-points": () => problem(404, "nothing is commanded from here") });
  draw();
  expect(await screen.findByText("Nothing is commanded from here")).toBeTruthy();

  server.say("GET /api/command-points", () => json([]));
  server.say(LIST, () => json([]));
  draw();
  expect(await screen.findByText("No set-point may be changed")).toBeTruthy();
  expect(await screen.findByText("Nothing was proposed in the last 24 hours")).toBeTruthy();

  server.say(LIST, () => problem(500, "the records cannot be read"));
  draw();
  expect(await screen.findByText("The records cannot be read.")).toBeTruthy();
});

test("the page speaks German and Chinese", async () => {
  wire();
  draw({ language: "de" });
  expect(await screen.findByRole("button", { name: "Alle Automatik anhalten…" })).toBeTruthy();

  draw({ language: "zh" });
  expect(await screen.findByRole("button", { name: "停止全部自动指令…" })).toBeTruthy();
});

test("what the assistant or a voice brought says so", async () => {
  const brought = (["agent", "voice"] as const).map((channel) => command(Date.now(), { command_id: `c-${channel}`, channel }));
  wire({ [LIST]: () => json(brought) });
  draw();

  expect(await screen.findByText(/^Olga \(by the assistant\),/)).toBeTruthy();
  expect(screen.getByText(/^Olga \(by voice\),/)).toBeTruthy();
});

test("a command says from what to what", async () => {
  wire({ [LIST]: () => json([command(Date.now(), { command_id: "c-waiting", was: 8.85 })]) });
  draw();

  expect(await screen.findByText(/^Freezer Tunnel, Belt speed 8.85 rpm → 9.25 rpm/)).toBeTruthy();
});
