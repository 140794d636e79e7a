import { screen, waitFor } from "@testing-library/react";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { ACCOUNTS, ADMIN, alarm, alarms, handover, SESSION, SIGN_IN } from "../dev/samples";
import { App } from "./App";
import { json, problem, type Said, wire } from "./test/wire";

const SIGNED_OUT: Record<string, Said> = { "GET /api/session": () => problem(401, "sign in first") };
const user = userEvent.setup();

beforeEach(() => history.replaceState(null, "", "/"));

test("who signs in is at the page that was asked for", async () => {
  history.replaceState(null, "", "/handover");
  wire({ ...SIGNED_OUT, "POST /api/session": () => json(SESSION) });
  render(<App />);

  await user.type(await screen.findByLabelText("Name"), "ann");
  await user.type(screen.getByLabelText("Password"), "a long password{Enter}");

  expect(await screen.findByRole("heading", { name: /^Handover: line-1/ })).toBeTruthy();
  expect(location.pathname).toBe("/handover");
});

test("a wrong password is said in the server's words, and the name stays", async () => {
  wire({ ...SIGNED_OUT, "POST /api/session": () => problem(409, "the name or the password is wrong") });
  render(<App />);

  await user.type(await screen.findByLabelText("Name"), "ann");
  await user.type(screen.getByLabelText("Password"), "no{Enter}");

  expect(await screen.findByText("The name or the password is wrong.")).toBeTruthy();
  expect(screen.getByLabelText<HTMLInputElement>("Name").value).toBe("ann");
});

test("nothing is sent as long as something is missing", async () => {
  const server = wire(SIGNED_OUT);
  render(<App />);

  await user.click(await screen.findByRole("button", { name: "Sign in" }));

  expect(screen.getByText("Enter your name.")).toBeTruthy();
  expect(screen.getByText("Enter your password.")).toBeTruthy();
  expect(server.asked).not.toContain("POST /api/session");
});

test("the first start says how to get in", async () => {
  wire({ ...SIGNED_OUT, "GET /api/sign-in": () => json({ ...SIGN_IN, first_start: true }) });

  render(<App />);

  expect(await screen.findByText("There is no account yet")).toBeTruthy();
});

test("where an identity provider is set up, one signs in there", async () => {
  const oidc = { authority: "https://id.example", client_id: "console", scope: "openid", logout_url: "" };
  wire({ ...SIGNED_OUT, "GET /api/sign-in": () => json({ ...SIGN_IN, password: false, oidc }) });

  render(<App />);

  expect(await screen.findByRole("button", { name: "Sign in with your organisation's account" })).toBeTruthy();
  expect(screen.queryByLabelText("Password")).toBeNull();
});

test("a session that ends in the middle of work leads to the sign-in page and says so", async () => {
  const server = wire({ "GET /api/session": () => json(SESSION) });
  history.replaceState(null, "", "/handover");
  render(<App />);
  await screen.findByRole("heading", { name: /^Handover/ });

  server.say("GET /api/lines/line-1/handover", () => problem(401, "sign in first"));
  await user.selectOptions(screen.getByRole("combobox", { name: "Shift" }), screen.getByRole("option", { name: /Night/ }));

  expect(await screen.findByText(/^Your session has ended/)).toBeTruthy();
  expect(location.pathname).toBe("/handover");
});

test("the alarm strip counts causes, not consequences and not what is shelved, and so does the title", async () => {
  const now = Date.now();
  const consequence = alarm(now, { alarm_id: "b-1", device: "Box Sealer", cause: "Vertical Conveyor" });
  const { shelved } = handover(now);
  wire({ "GET /api/session": () => json(SESSION), "GET /api/alarms": () => json([...alarms(now), consequence, ...shelved]) });

  render(<App />);

  const strip = await screen.findByRole("region", { name: "Open alarms" });
  await waitFor(() => expect(strip.textContent).toContain("Critical 1"));
  expect(strip.textContent).toContain("Medium 0");
  expect(strip.textContent).toContain("New: Vertical Conveyor stopped");
  expect(document.title).toBe("(3) Line · Lineside");
});

test("a server that cannot be reached is said to be away, with a way to try again", async () => {
  const server = wire({ "GET /api/session": () => null });
  render(<App />);
  expect(await screen.findByText("The server cannot be reached.")).toBeTruthy();

  server.say("GET /api/session", () => json(SESSION));
  await user.click(screen.getByRole("button", { name: "Try again" }));

  expect(await screen.findByRole("region", { name: "Open alarms" })).toBeTruthy();
});

test("a session about to end is announced", async () => {
  const soon = new Date(Date.now() + 120_000).toISOString();
  wire({ "GET /api/session": () => json({ ...SESSION, expires_at: soon }) });

  render(<App />);

  expect(await screen.findByText(/^Your session ends at \d\d:\d\d\./)).toBeTruthy();
});

test("an unknown address says so and leads to the line", async () => {
  history.replaceState(null, "", "/nowhere");
  wire({ "GET /api/session": () => json(SESSION) });

  render(<App />);

  expect(await screen.findByText("There is no such page")).toBeTruthy();
});

test("only an admin is offered the accounts, and removing one has to be confirmed", async () => {
  history.replaceState(null, "", "/accounts");
  const server = wire({ "GET /api/session": () => json(ADMIN) });
  render(<App />);
  await user.click(await screen.findByRole("button", { name: "Remove wei" }));
  expect(server.asked).not.toContain("DELETE /api/accounts/wei");

  const confirm = screen.getAllByRole("button", { name: "Remove" }).at(-1);
  if (confirm) await user.click(confirm);

  await waitFor(() => expect(server.asked).toContain("DELETE /api/accounts/wei"));
});

test("a new account is checked before it is sent", async () => {
  history.replaceState(null, "", "/accounts");
  const [made] = ACCOUNTS(Date.now());
  const sent = vi.fn();
  wire({
    "GET /api/session": () => json(ADMIN),
    "POST /api/accounts": async (request) => {
      sent(await request.json());
      return json(made, 201);
    },
  });
  render(<App />);
  await user.click(await screen.findByRole("button", { name: "Add an account" }));
  await user.type(screen.getByLabelText("Name"), "lin");
  await user.type(screen.getByLabelText("Password"), "short");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(screen.getByText("A password has at least 10 characters.")).toBeTruthy();
  expect(sent).not.toHaveBeenCalled();

  await user.type(screen.getByLabelText("Password"), " but longer now");
  await user.click(screen.getByRole("button", { name: "Save" }));

  await waitFor(() => expect(sent).toHaveBeenCalledWith({ name: "lin", password: "short but longer now", role: "operator", sites: ["*"], language: "en" }));
});
