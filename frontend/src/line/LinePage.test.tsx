import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { line, losses } from "../../dev/samples";
import { drawPage } from "../test/draw";
import { json, problem, wire } from "../test/wire";
import LinePage from "./LinePage";

vi.mock("./Plot", () => ({ default: () => null }));

const LINE = "GET /api/lines/line-1";

function wide(pixels: number) {
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(pixels);
}

beforeEach(() => wide(1_200));

test("the drawing names the cause, who waits for it, and what is beyond its limit", async () => {
  wire();

  drawPage(<LinePage />);

  expect(await screen.findByRole("button", { name: /^Vertical Conveyor: down since .*critical alarm, cause of the trouble/ })).toBeTruthy();
  expect(screen.getByRole("button", { name: /^Cookie Inspector: blocked since .*waits for Vertical Conveyor/ })).toBeTruthy();
  expect(screen.getByRole("button", { name: /^Freezer Tunnel.*-16\.9 °C above -18 °C/ })).toBeTruthy();
  expect(screen.getByRole("button", { name: /^Thermometer 7/ })).toBeTruthy();
});

test("a machine opens by keyboard and tells its values with limits, age and trend", async () => {
  wire();
  drawPage(<LinePage />);
  const user = userEvent.setup();
  const inspector = await screen.findByRole("button", { name: /^Cookie Inspector/ });

  fireEvent.keyDown(inspector, { key: "Enter" });

  const panel = await screen.findByRole("region", { name: "Machine Cookie Inspector" });
  const total = within(panel).getByRole("row", { name: /^Total/ });
  expect(total.textContent).toContain("stale");
  expect(total.className).toBe("old");
  await user.click(within(panel).getByRole("button", { name: "Show the trend of Total" }));
  expect(await within(panel).findByText(/^Total, the last 30 min: from/)).toBeTruthy();
});

test("the window of a trend is asked of the server", async () => {
  const server = wire();
  drawPage(<LinePage />, { at: "/?machine=Freezer%20Tunnel" });
  const user = userEvent.setup();

  await user.click(await within(await screen.findByRole("region", { name: "Machine Freezer Tunnel" })).findByRole("button", { name: "8 h" }));

  const since = () => server.asked.filter((one) => one.includes("/Freezer%20Tunnel/telemetry")).map((one) => new URLSearchParams(one.split("?")[1]).get("since"));
  await waitFor(() => expect(since().length).toBeGreaterThan(1));
  const hoursBack = (Date.now() - Date.parse(since().at(-1) ?? "")) / 3_600_000;
  expect(hoursBack).toBeCloseTo(8, 1);
});

test("a narrow screen gets a list with the same sentences", async () => {
  wide(360);
  wire();

  drawPage(<LinePage />);

  const list = await screen.findByRole("list", { name: /^Line 1: machines/ });
  const rows = within(list).getAllByRole("listitem").map((row) => row.textContent ?? "");
  expect(rows[0]).toContain("Cookie Former");
  expect(rows.find((row) => row.startsWith("Vertical Conveyor"))).toContain("CAUSE");
});

test("the downtime strip and the loss tree say in numbers what they show", async () => {
  wire();

  drawPage(<LinePage />);

  const strip = await screen.findByRole("img", { name: /^Vertical Conveyor: / });
  expect(strip.getAttribute("aria-label")).toBe("Vertical Conveyor: starved 35 min, down 12 min");
  expect(screen.getByText("71.7 min, 5%")).toBeTruthy();
  expect(screen.getByText(/Reckoned from the Cookie Former/)).toBeTruthy();
});

test("what was not measured is said so, and is no zero", async () => {
  const unknown = { ...losses(Date.now()), availability: null, performance: null, quality: null, oee: null, losses: [] };
  wire({ "GET /api/lines/line-1/losses": () => json(unknown) });

  drawPage(<LinePage />);

  expect(await screen.findAllByText("not measured")).toHaveLength(4);
});

test("a line that cannot be read says why, and is read when asked again", async () => {
  const server = wire({ [LINE]: () => problem(500, "the twin is broken") });
  drawPage(<LinePage />);
  expect(await screen.findByText("The twin is broken.")).toBeTruthy();

  server.say(LINE, () => json(line(Date.now())));
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));

  expect(await screen.findByRole("button", { name: /^Cookie Former/ })).toBeTruthy();
});

test("a server that goes away leaves the drawing there, and says that it is not current", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const server = wire();
  drawPage(<LinePage />);
  await screen.findByRole("button", { name: /^Cookie Former/ });

  server.say(LINE, () => null);
  await act(() => vi.advanceTimersByTimeAsync(4_000));

  expect(screen.getByRole("button", { name: /^Cookie Former/ })).toBeTruthy();
  expect(screen.getByText(/^This drawing is not current/)).toBeTruthy();
  vi.useRealTimers();
});

test("a line without machines and a site without lines say what to do", async () => {
  wire({ [LINE]: () => json({ ...line(Date.now()), machines: [] }) });
  const { unmount } = drawPage(<LinePage />);
  expect(await screen.findByText("No machine is known on this line")).toBeTruthy();
  unmount();

  wire({ "GET /api/lines": () => json([]) });
  drawPage(<LinePage />);

  expect(await screen.findByText("This site has no lines")).toBeTruthy();
});

test("the page speaks German and Chinese", async () => {
  wire();
  const { unmount } = drawPage(<LinePage />, { language: "de" });
  expect(await screen.findByRole("button", { name: /^Vertical Conveyor: steht seit .*Ursache der Störung/ })).toBeTruthy();
  unmount();

  drawPage(<LinePage />, { language: "zh" });

  expect(await screen.findByRole("button", { name: /^Vertical Conveyor: 停机 自/ })).toBeTruthy();
});
