import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { handover } from "../../dev/samples";
import { drawPage } from "../test/draw";
import { json, problem, wire } from "../test/wire";
import HandoverPage from "./HandoverPage";

const HANDOVER = "GET /api/lines/line-1/handover";

test("the page tells what happened, what was done, what is shelved and what is open", async () => {
  wire();

  drawPage(<HandoverPage />);

  const sheet = within(await screen.findByRole("article"));
  expect(sheet.getByText(/the Vertical Conveyor cost 12 minutes/)).toBeTruthy();
  expect(sheet.getByText(/by Ann: Maintenance is on its way\./)).toBeTruthy();
  expect(sheet.getByText(/shelved, until .*by Bo/)).toBeTruthy();
  expect(sheet.getByText("Why did the freezer door stand open at 05:40?")).toBeTruthy();
  expect(sheet.getByRole("row", { name: /^Vertical Conveyor down.*71\.7 5%/ })).toBeTruthy();
});

test("what was noted of an act tells its times in the plant's time", async () => {
  const shift = handover(Date.now());
  const [entry] = shift.alarms;
  const shelved = { at: shift.until, what: "shelved", by: "Bo", note: "tape (until 2026-11-21T23:06:56Z)" } as const;
  wire({ [HANDOVER]: () => json({ ...shift, alarms: [{ ...entry, done: [shelved] }] }) });

  drawPage(<HandoverPage />);

  expect(await screen.findByText(/by Bo: tape \(until 22 Nov, 00:06\)/)).toBeTruthy();
});

test("the running shift comes first, another one by its window", async () => {
  const server = wire();
  drawPage(<HandoverPage />);
  await screen.findByRole("article");
  expect(server.asked).toContain(`${HANDOVER}?shift=current`);

  await userEvent.selectOptions(screen.getByRole("combobox"), screen.getByRole("option", { name: /^Night shift/ }));

  await waitFor(() => expect(server.asked.some((one) => one.startsWith(`${HANDOVER}?since=`) && one.includes("until="))).toBe(true));
});

test("a quiet shift says that nothing happened", async () => {
  const quiet = handover(Date.now());
  const health = { ...quiet.health, unhealthy: [] };
  wire({ [HANDOVER]: () => json({ ...quiet, alarms: [], shelved: [], open_questions: [], health, losses: { ...quiet.losses, losses: [] } }) });

  drawPage(<HandoverPage />);

  expect(await screen.findByText("No alarm in this shift.")).toBeTruthy();
  expect(screen.getByText("No open questions.")).toBeTruthy();
  expect(screen.getByText("Nothing is shelved.")).toBeTruthy();
});

test("a handover that cannot be made says why", async () => {
  wire({ [HANDOVER]: () => problem(500, "the lake cannot be read") });

  drawPage(<HandoverPage />);

  expect(await screen.findByText("The lake cannot be read.")).toBeTruthy();
});
