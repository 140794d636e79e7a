import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { SESSION } from "../../dev/samples";
import { automatic, automaticRow } from "../../dev/samples-of-commands";
import { drawPage } from "../test/draw";
import { json, problem, wire } from "../test/wire";
import { AutomaticRows } from "./AutomaticRows";

const VIEWER = { ...SESSION, name: "Vera", role: "viewer" } as const;
const ROWS = "GET /api/commands/automatic";
const RESET = "POST /api/commands/automatic/reset";
const BELT = "Reset Belt speed of the Freezer Tunnel";

function draw(session: typeof SESSION | typeof VIEWER = SESSION) {
  const told: string[] = [];
  drawPage(<AutomaticRows onTold={(sentence) => told.push(sentence)} />, { session });
  return told;
}

const rows = async () => within(await screen.findByRole("list", { name: "What Lineside may do by itself" })).getAllByRole("listitem");

test("each row says what it may do, when, how it stands, and why it stopped", async () => {
  wire();
  draw();

  const [torque, lift, belt] = await rows();

  expect(torque?.textContent).toMatch(/^Mixer torque of the Cookie Formerdown by 2 \S+ at most, 4 times an hour at most, while the alarm “Cookie Former .*” stands\.Ready\./);
  expect(lift?.textContent).toContain("Waiting: Its last change is judged 10 minutes after it was sent. It has acted once in the last hour.");
  expect(belt?.textContent).toMatch(/Stopped .*\. Limit at Freezer Tunnel has not improved within 10 minutes of the last change\./);
  expect(screen.getAllByRole("button").map((button) => button.getAttribute("aria-label"))).toEqual([BELT]);
});

test("a reset takes a second click, begins on Cancel, and is told", async () => {
  const sent: object[] = [];
  const server = wire({
    [RESET]: async (request) => {
      sent.push((await request.json()) as object);
      return json(automatic(Date.now()));
    },
  });
  const told = draw();
  await userEvent.click(await screen.findByRole("button", { name: BELT }));
  const dialog = within(await screen.findByRole("dialog"));
  await waitFor(() => expect(document.activeElement?.textContent).toBe("Cancel"));
  expect(dialog.queryByRole("textbox")).toBeNull();
  expect(sent).toEqual([]);

  server.say(ROWS, () => json({ stopped: false, rows: [automaticRow()] }));
  await userEvent.click(dialog.getByRole("button", { name: "Let it act again" }));

  await waitFor(() => expect(told).toEqual(["Reset: Belt speed of the Freezer Tunnel may be changed automatically again."]));
  expect(sent).toEqual([{ line: "line-1", key: "belt" }]);
  await waitFor(async () => expect(await rows()).toHaveLength(1));
});

test("a refusal is told in the server's words, and nothing is said to be reset", async () => {
  wire({ [RESET]: () => problem(409, "this automatic action is not stopped") });
  const told = draw();
  await userEvent.click(await screen.findByRole("button", { name: BELT }));

  await userEvent.click(screen.getByRole("button", { name: "Let it act again" }));

  expect(await screen.findByText("This automatic action is not stopped.")).toBeTruthy();
  expect(told).toEqual([]);
});

test("who may not reset reads which role may", async () => {
  wire();
  draw(VIEWER);

  expect(await screen.findByText("To reset it takes the role operator.")).toBeTruthy();
  expect(screen.queryByRole("button")).toBeNull();
});

test("where nothing is automatic that is said, and what cannot be read is told so", async () => {
  const server = wire({ [ROWS]: () => json({ stopped: false, rows: [] }) });
  draw();
  expect(await screen.findByText(/^Nothing: no row of the site file/)).toBeTruthy();

  server.say(ROWS, () => problem(500, "the records cannot be read"));
  draw();
  expect(await screen.findByText("The records cannot be read.")).toBeTruthy();
});
