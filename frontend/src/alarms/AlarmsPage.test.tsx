import { cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { advisory, alarms, SESSION } from "../../dev/samples";
import { drawPage } from "../test/draw";
import { json, problem, wire } from "../test/wire";
import AlarmsPage from "./AlarmsPage";

const AT_ALARM = "/alarms?alarm=a-1";
const VIEWER = { ...SESSION, role: "viewer" } as const;

function theAlarm(told: object = {}) {
  return { ...alarms(Date.now())[0]!, ...told };
}

async function shelveDialog() {
  await userEvent.click(await screen.findByRole("button", { name: "Shelve…" }));
  return within(await screen.findByRole("dialog"));
}

test("an alarm shows its cause, its victims with what they lost, its evidence and the quoted steps", async () => {
  wire();

  drawPage(<AlarmsPage />, { at: AT_ALARM });
  const detail = within(await screen.findByRole("article"));

  expect(await detail.findByRole("heading", { name: "Vertical Conveyor stopped" })).toBeDefined();
  expect(detail.getByText("Cookie Inspector").closest("li")?.textContent).toContain("11 min lost");
  expect(detail.getByText("down")).toBeDefined();
  expect(await detail.findByText("Switch off and lock the drive.")).toBeDefined();
  expect(detail.getByText(/vertical-conveyor-clear-a-jam.md, revision 4, step 1/)).toBeDefined();
  expect(detail.getByText("Advice, not a measurement")).toBeDefined();
});

test("advice tells why a model that comes earlier did not word it, and nothing where none was passed over", async () => {
  const plant = wire();
  drawPage(<AlarmsPage />, { at: AT_ALARM });
  expect(await screen.findByText(/no model wrote it/)).toBeDefined();
  expect(screen.queryByText(/Why no other model/)).toBeNull();
  cleanup();

  const passedOver = { ...advisory(Date.now()), why_not: ["fine-tuned is waking up", "gpt-oss did not answer within 5 s"] };
  plant.say("GET /api/advisories", () => json([passedOver]));
  drawPage(<AlarmsPage />, { at: AT_ALARM });

  await userEvent.click(await screen.findByText("Why no other model worded it (2)"));
  expect(screen.getByText("fine-tuned is waking up")).toBeDefined();
});

test("once an alarm is over, people are asked whether the advice helped", async () => {
  const plant = wire();
  drawPage(<AlarmsPage />, { at: AT_ALARM });
  await screen.findByText("Switch off and lock the drive.");
  expect(screen.queryByRole("group", { name: /The alarm is over/ })).toBeNull();
  cleanup();

  plant.say("GET /api/alarms/a-1", () => json(theAlarm({ active: false, state: "rtn_unacknowledged", cleared_at: new Date().toISOString() })));
  drawPage(<AlarmsPage />, { at: AT_ALARM });

  expect(await screen.findByRole("group", { name: "The alarm is over. Did it help?" })).toBeDefined();
});

test("acknowledging shows what the server says, and not before it says it", async () => {
  let answer: (response: Response) => void = () => undefined;
  const plant = wire({
    "POST /api/alarms/a-1/acknowledge": () => new Promise<Response>((say) => (answer = say)),
  });
  drawPage(<AlarmsPage />, { at: AT_ALARM });
  const detail = within(await screen.findByRole("article"));

  await userEvent.click(detail.getByRole("button", { name: "Acknowledge" }));
  expect(detail.getByText("New")).toBeDefined();
  const taken = theAlarm({ state: "acknowledged", acknowledged_at: new Date().toISOString(), acknowledged_by: "Ann" });
  plant.say("GET /api/alarms/a-1", () => json(taken));
  answer(json(taken));

  expect((await detail.findAllByText("Acknowledged")).length).toBeGreaterThan(0);
  expect(detail.queryByText("New")).toBeNull();
});

test("a viewer reads everything, can do nothing, and is told why", async () => {
  const plant = wire();

  drawPage(<AlarmsPage />, { at: AT_ALARM, session: VIEWER });
  const detail = within(await screen.findByRole("article"));
  await userEvent.click(detail.getByRole("button", { name: "Acknowledge" }));
  await userEvent.click(detail.getByRole("button", { name: "Shelve…" }));

  expect(detail.getAllByText(/Your role is viewer/).length).toBeGreaterThan(0);
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(plant.asked.filter((one) => one.startsWith("POST"))).toEqual([]);
});

test("shelving without a reason is not sent, and says what is missing", async () => {
  const plant = wire();
  drawPage(<AlarmsPage />, { at: AT_ALARM });
  const dialog = await shelveDialog();

  await userEvent.click(dialog.getByRole("button", { name: "Shelve" }));

  expect(dialog.getByText("Please fill this in.")).toBeDefined();
  expect(plant.asked.filter((one) => one.startsWith("POST"))).toEqual([]);
});

test("a refusal is told in the server's words, and what was written stays", async () => {
  wire({ "POST /api/alarms/a-1/shelve": () => problem(409, "cannot be shelved: it is out of service") });
  drawPage(<AlarmsPage />, { at: AT_ALARM });
  const dialog = await shelveDialog();

  await userEvent.type(dialog.getByLabelText("Reason"), "Defrost until ten");
  await userEvent.click(dialog.getByRole("button", { name: "Shelve" }));

  expect(await dialog.findByText("Cannot be shelved: it is out of service.")).toBeDefined();
  expect(dialog.getByLabelText<HTMLTextAreaElement>("Reason").value).toBe("Defrost until ten");
});

test("a lost connection loses nothing, and the next try goes through", async () => {
  const plant = wire({ "POST /api/alarms/a-1/shelve": () => null });
  drawPage(<AlarmsPage />, { at: AT_ALARM });
  const dialog = await shelveDialog();
  await userEvent.type(dialog.getByLabelText("Reason"), "Defrost");
  await userEvent.click(dialog.getByRole("button", { name: "Shelve" }));
  expect(await dialog.findByText(/Nothing you wrote is lost/)).toBeDefined();

  const bodies: unknown[] = [];
  plant.say("POST /api/alarms/a-1/shelve", async (request) => {
    bodies.push(await request.json());
    return json(theAlarm());
  });
  await userEvent.click(dialog.getByRole("button", { name: "Shelve" }));

  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(bodies).toEqual([{ reason: "Defrost", minutes: 15 }]);
  await waitFor(() => expect(document.activeElement?.textContent).toBe("Shelve…"));
});

test("a comment that could not be sent survives leaving the page", async () => {
  wire({ "POST /api/alarms/a-1/comment": () => null });
  const drawn = drawPage(<AlarmsPage />, { at: AT_ALARM });
  await userEvent.type(await screen.findByLabelText("Comment for the next person"), "Belt is worn");
  await userEvent.click(screen.getByRole("button", { name: "Keep comment" }));
  expect(await screen.findByText(/Nothing you wrote is lost/)).toBeDefined();

  drawn.unmount();
  drawPage(<AlarmsPage />, { at: AT_ALARM });

  const box = await screen.findByLabelText<HTMLTextAreaElement>("Comment for the next person");
  expect(box.value).toBe("Belt is worn");
});

test("without alarms the page says so", async () => {
  wire({ "GET /api/alarms": () => json([]) });

  drawPage(<AlarmsPage />, { at: "/alarms" });

  expect(await screen.findByText(/No alarm is open/)).toBeDefined();
});

test("an alarm that is gone is told as gone", async () => {
  wire();

  drawPage(<AlarmsPage />, { at: "/alarms?alarm=a-404" });

  expect(await screen.findByText("There is no alarm 'a-404'.")).toBeDefined();
});

test("the alarm system's own health names what misses its target and what is shelved", async () => {
  wire();

  drawPage(<AlarmsPage />, { at: "/alarms?tab=health" });

  expect(await screen.findByText("A fifth of the alarms are critical; 5 % would be usual.")).toBeDefined();
  expect(screen.getByRole("heading", { name: "Shelved now" })).toBeDefined();
});

test("the page speaks German and Chinese", async () => {
  wire();
  drawPage(<AlarmsPage />, { at: AT_ALARM, language: "de" });
  expect(await screen.findByRole("button", { name: "Quittieren" })).toBeDefined();

  drawPage(<AlarmsPage />, { at: AT_ALARM, language: "zh" });
  expect(await screen.findByRole("button", { name: "确认" })).toBeDefined();
});
