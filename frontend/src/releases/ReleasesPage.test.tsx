import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { ADMIN, SESSION } from "../../dev/samples";
import { releases } from "../../dev/samples-of-learning";
import { setDoor } from "../api/client";
import { drawPage } from "../test/draw";
import { json, problem, wire } from "../test/wire";
import ReleasesPage from "./ReleasesPage";

const ENGINEER = { ...SESSION, role: "engineer" } as const;
const LIST = "GET /api/releases";

vi.mock("../session/bearer", () => ({ bearerOf: () => bearer }));
let bearer: string | null = null;

afterEach(() => {
  bearer = null;
  setDoor({ bearer: () => null, onSignedOut: () => undefined });
});

function draw({ session = ADMIN, at = "/releases", language = "en" }: Parameters<typeof drawPage>[1] = {}) {
  drawPage(<ReleasesPage />, { session, at, language });
}

async function detail() {
  return within(await screen.findByRole("article"));
}

/** What was sent to `route`, and the answer that the sample server gives. */
function listening(route: string) {
  const sent: unknown[] = [];
  const server = wire({
    [route]: async (request) => {
      sent.push(await request.json());
      return json(releases(Date.now()));
    },
  });
  return { sent, server };
}

test("who answers now, with its share, stands first", async () => {
  wire();

  draw();

  const now = within(await screen.findByRole("region", { name: "What answers now" }));
  expect(now.getByText("r-2026-11-06").closest("div")?.textContent).toContain("Live");
  expect(now.getByText("90% of the conversations")).toBeTruthy();
  expect(now.getByText("10% of the conversations")).toBeTruthy();
  expect(now.getByText("r-2026-10-23").closest("div")?.textContent).toContain("Previous");
  expect(now.getByRole("img", { name: /Live answers 90% .* the canary 10%/ })).toBeTruthy();
});

test("every release tells its status in words, and the one that waits for a person is open", async () => {
  wire();

  draw();

  const list = within(await screen.findByRole("list", { name: "Releases" }));
  expect(list.getAllByRole("listitem").map((item) => item.querySelector(".release-status")?.textContent)).toEqual([
    "Waits for approval",
    "Refused",
    "Canary",
    "Live",
    "Retired",
    "Failed",
  ]);
  expect((await detail()).getByRole("heading", { name: "r-2026-11-20" })).toBeTruthy();
});

test("a release that did not pass shows how sure that is, the reasons and who was no fit judge", async () => {
  wire();

  draw({ at: "/releases?release=r-2026-11-19" });

  const shown = await detail();
  expect(shown.getByText(/did not pass the gate/)).toBeTruthy();
  expect(shown.getByRole("img", { name: "Improvement over the base model: +4%, interval -2% to +10%" })).toBeTruthy();
  expect(shown.getAllByText(/Freezer Tunnel's answers are 16 % worse/)).toHaveLength(1);
  expect(shown.getByText(/^tiny-judge/)).toBeTruthy();
  expect(shown.getByText("the gate")).toBeTruthy();
});

test("a canary shows its verdict with the figures of both sides", async () => {
  wire();

  draw({ at: "/releases?release=r-2026-11-18" });

  const shown = await detail();
  expect(shown.getByText(/the next look is at 100/)).toBeTruthy();
  const row = shown.getByRole("row", { name: /Thumb down/ });
  expect(within(row).getAllByRole("cell").map((cell) => cell.textContent)).toEqual(["6.7% of 15", "8% of 112", "72%"]);
  expect(shown.getByText("became the canary")).toBeTruthy();
});

test("rolling back takes two clicks and a reason, begins on Cancel, and says what it did", async () => {
  const { sent, server } = listening("POST /api/releases-rollback");
  draw({ session: ENGINEER });

  await userEvent.click(await screen.findByRole("button", { name: "Roll back…" }));
  const dialog = within(await screen.findByRole("dialog"));
  await waitFor(() => expect(document.activeElement?.textContent).toBe("Cancel"));
  expect(dialog.getByText("r-2026-11-06 answers every conversation.")).toBeTruthy();
  await userEvent.click(dialog.getByRole("button", { name: "Roll back" }));
  expect(dialog.getByText("Say why.")).toBeTruthy();
  expect(sent).toEqual([]);
  const readBefore = server.asked.filter((one) => one === LIST).length;
  await userEvent.type(dialog.getByLabelText("Reason"), "It invents torques");
  await userEvent.click(dialog.getByRole("button", { name: "Roll back" }));

  expect(await screen.findByText("r-2026-11-18 was taken back.")).toBeTruthy();
  expect(sent).toEqual([{ reason: "It invents torques", version: 4 }]);
  await waitFor(() => expect(server.asked.filter((one) => one === LIST).length).toBeGreaterThan(readBefore));
});

test("without anything to go back to, rolling back is off, and says why", async () => {
  wire({ [LIST]: () => json({ ...releases(Date.now()), canary: "", previous: "" }) });
  draw();

  const button = await screen.findByRole("button", { name: /Roll back…/ });
  await userEvent.click(button);

  expect(screen.queryByRole("dialog")).toBeNull();
  expect(screen.getAllByText("There is neither a canary nor a previous release.").length).toBeGreaterThan(0);
});

test("where somebody else was faster, their switch is told, the words stay, and the list is read again", async () => {
  const server = wire({ "POST /api/releases-rollback": () => problem(409, "Eva has switched the releases since you looked") });
  draw();
  await userEvent.click(await screen.findByRole("button", { name: "Roll back…" }));
  const dialog = within(await screen.findByRole("dialog"));
  const readBefore = server.asked.filter((one) => one === LIST).length;

  await userEvent.type(dialog.getByLabelText("Reason"), "Too slow");
  await userEvent.click(dialog.getByRole("button", { name: "Roll back" }));

  expect(await dialog.findByText("Eva has switched the releases since you looked.")).toBeTruthy();
  expect(dialog.getByLabelText<HTMLTextAreaElement>("Reason").value).toBe("Too slow");
  await waitFor(() => expect(server.asked.filter((one) => one === LIST).length).toBeGreaterThan(readBefore));
});

test("an administrator approves with a note, and sees by how much it is better before the second click", async () => {
  const { sent } = listening("POST /api/releases/r-2026-11-20/decision");
  draw();

  await userEvent.click((await detail()).getByRole("button", { name: "Approve…" }));
  const dialog = within(await screen.findByRole("dialog"));
  expect(dialog.getByText(/14% better than the base model/)).toBeTruthy();
  await userEvent.type(dialog.getByLabelText("Note (optional)"), "Read the report");
  await userEvent.click(dialog.getByRole("button", { name: "Approve" }));

  expect(await screen.findByText("r-2026-11-20 is approved.")).toBeTruthy();
  expect(sent).toEqual([{ approved: true, note: "Read the report" }]);
});

test("refusing needs no note", async () => {
  const { sent } = listening("POST /api/releases/r-2026-11-20/decision");
  draw();

  await userEvent.click((await detail()).getByRole("button", { name: "Refuse…" }));
  await userEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Refuse" }));

  await screen.findByText("r-2026-11-20 is refused.");
  expect(sent).toEqual([{ approved: false, note: "" }]);
});

test("an approved release starts on a share, or is promoted for everybody", async () => {
  const approved = releases(Date.now()).releases.map((one) => ({ ...one, status: "approved" }));
  const { sent, server } = listening("POST /api/releases/r-2026-11-20/promote");
  server.say(LIST, () => json({ ...releases(Date.now()), canary: "", releases: approved }));
  draw({ at: "/releases?release=r-2026-11-20" });

  await userEvent.click((await detail()).getByRole("button", { name: "Start as a canary…" }));
  const dialog = within(await screen.findByRole("dialog"));
  await userEvent.selectOptions(dialog.getByRole("combobox"), "20%");
  await userEvent.click(dialog.getByRole("button", { name: "Start the canary" }));
  await screen.findByText("r-2026-11-20 is the canary.");
  await userEvent.click((await detail()).getByRole("button", { name: "Promote…" }));
  await userEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Promote" }));
  await screen.findByText("r-2026-11-20 is live.");

  expect(sent).toEqual([
    { canary_share: 0.2, reason: "", version: 4 },
    { canary_share: 0, reason: "", version: 4 },
  ]);
});

test("an engineer sees what an administrator decides, and who that is", async () => {
  const server = wire();
  draw({ session: ENGINEER });

  const shown = await detail();
  await userEvent.click(shown.getByRole("button", { name: /Approve…/ }));

  expect(screen.queryByRole("dialog")).toBeNull();
  expect(shown.getAllByText("An administrator decides this.").length).toBeGreaterThan(0);
  expect(server.asked.some((one) => one.startsWith("POST"))).toBe(false);
});

test("an operator sees no releases, and asks for none", async () => {
  const server = wire();

  draw({ session: SESSION });

  expect(await screen.findByText("Only engineers and administrators see the releases.")).toBeTruthy();
  expect(server.asked).not.toContain(LIST);
});

test("a plant without releases says so instead of failing", async () => {
  wire({ [LIST]: () => problem(404, "no model is released here") });

  draw();

  expect(await screen.findByText("No model is released here")).toBeTruthy();
  expect(screen.queryByRole("alert")).toBeNull();
});

test("a list without releases, and one that cannot be read, are told apart", async () => {
  const server = wire({ [LIST]: () => json({ ...releases(Date.now()), releases: [] }) });
  draw();
  expect(await screen.findByText("No model was released yet")).toBeTruthy();

  server.say(LIST, () => problem(500, "the records cannot be read"));
  draw();
  expect(await screen.findByText("The records cannot be read.")).toBeTruthy();
});

test("the report is a link for a session, which the browser opens beside this page", async () => {
  wire();

  draw();

  const link = (await detail()).getByRole<HTMLAnchorElement>("link", { name: "Open the report" });
  expect([link.getAttribute("href"), link.target]).toEqual(["/api/releases/r-2026-11-20/report", "_blank"]);
});

test("a person with a token saves the report: it is fetched with the token", async () => {
  bearer = "token-1";
  setDoor({ bearer: () => bearer, onSignedOut: () => undefined });
  const server = wire({ "GET /api/releases/r-2026-11-20/report": () => new Response("<html></html>") });
  const saved = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
  draw();

  await userEvent.click((await detail()).getByRole("button", { name: "Save the report" }));

  await waitFor(() => expect(saved).toHaveBeenCalled());
  const request = server.requests.find(({ url }) => url.endsWith("/report"));
  expect(request?.headers.get("Authorization")).toBe("Bearer token-1");
});

test("a release that is too old for the list opens by its address", async () => {
  const [, , , live] = releases(Date.now()).releases;
  wire({ "GET /api/releases/r-2020-01-01": () => json({ ...live, release_id: "r-2020-01-01", status: "retired", alias: "" }) });

  draw({ at: "/releases?release=r-2020-01-01" });

  expect((await detail()).getByRole("heading", { name: "r-2020-01-01" })).toBeTruthy();
});

test("the page speaks German and Chinese", async () => {
  wire();
  draw({ language: "de" });
  expect(await screen.findByRole("button", { name: "Zurücknehmen…" })).toBeTruthy();

  draw({ language: "zh" });
  expect(await screen.findByRole("button", { name: "回退…" })).toBeTruthy();
});
