import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { SESSION } from "../../dev/samples";
import { drawPage } from "../test/draw";
import { json, wire } from "../test/wire";
import { Feedback } from "./Feedback";

function storing(failing = false) {
  const given: unknown[] = [];
  const plant = wire({
    "PUT /api/feedback": async (request) => {
      if (failing) return null as unknown as Response;
      given.push(await request.json());
      return json({});
    },
  });
  return { given, plant };
}

test("a thumb is stored at once", async () => {
  const { given } = storing();
  drawPage(<Feedback about="answer" aboutId="ans-1" />);

  await userEvent.click(screen.getByRole("button", { name: "Helped" }));

  expect(await screen.findByText("Noted, thank you.")).toBeDefined();
  expect(given).toEqual([{ about: "answer", about_id: "ans-1", verdict: "up" }]);
  expect(screen.getByRole("button", { name: "Helped" }).getAttribute("aria-pressed")).toBe("true");
});

test("a reason and a correction replace the bare verdict", async () => {
  const { given } = storing();
  drawPage(<Feedback about="advisory" aboutId="adv-1" />);

  await userEvent.click(screen.getByRole("button", { name: "Did not help" }));
  await userEvent.click(screen.getByLabelText("Unsafe"));
  await userEvent.type(screen.getByLabelText("What would have been right?"), "Lock it first");
  await userEvent.click(screen.getByRole("button", { name: "Send" }));

  expect(await screen.findByText("Noted with the reason, thank you.")).toBeDefined();
  expect(given.at(-1)).toEqual({
    about: "advisory",
    about_id: "adv-1",
    verdict: "down",
    reason: "unsafe",
    correction: "Lock it first",
  });
});

test("what could not be stored is not shown as given, and the words stay", async () => {
  const { plant } = storing();
  drawPage(<Feedback about="answer" aboutId="ans-1" />);
  await userEvent.click(screen.getByRole("button", { name: "Did not help" }));
  await userEvent.type(screen.getByLabelText("What would have been right?"), "Look at the belt");

  plant.say("PUT /api/feedback", () => null);
  await userEvent.click(screen.getByRole("button", { name: "Send" }));

  expect(await screen.findByText(/This was not stored/)).toBeDefined();
  expect(screen.getByLabelText<HTMLTextAreaElement>("What would have been right?").value).toBe("Look at the belt");
});

test("a failed thumb is taken back", async () => {
  storing(true);
  drawPage(<Feedback about="answer" aboutId="ans-1" />);

  await userEvent.click(screen.getByRole("button", { name: "Helped" }));

  await screen.findByText(/This was not stored/);
  await waitFor(() =>
    expect(screen.getByRole("button", { name: "Helped" }).getAttribute("aria-pressed")).toBe("false"),
  );
});

test("a viewer gives no verdict", async () => {
  const { given } = storing();
  drawPage(<Feedback about="answer" aboutId="ans-1" />, { session: { ...SESSION, role: "viewer" } });

  await userEvent.click(screen.getByRole("button", { name: "Helped" }));

  expect(given).toEqual([]);
});

const OUTCOME = "The alarm is over. Did it help?";

test("while the alarm stands, nobody is asked what came of it", () => {
  storing();

  drawPage(<Feedback about="advisory" aboutId="adv-1" />);

  expect(screen.queryByRole("group", { name: OUTCOME })).toBeNull();
});

test("at close-out the outcome is stored beside the thumb that was given", async () => {
  const { given } = storing();
  drawPage(<Feedback about="advisory" aboutId="adv-1" verdict="down" closedOut />);

  await userEvent.click(screen.getByRole("button", { name: "Fixed" }));

  expect(await screen.findByText("Outcome noted, thank you.")).toBeDefined();
  expect(given).toEqual([{ about: "advisory", about_id: "adv-1", verdict: "down", resolution: "fixed" }]);
  expect(screen.getByRole("button", { name: "Fixed" }).getAttribute("aria-pressed")).toBe("true");
  expect(screen.getByRole("button", { name: "Did not help" }).getAttribute("aria-pressed")).toBe("true");
});

test.each([
  ["Fixed", "up"],
  ["Partly fixed", "up"],
  ["Not fixed", "down"],
])("who gave no thumb says as much with %s", async (outcome, verdict) => {
  const { given } = storing();
  drawPage(<Feedback about="advisory" aboutId="adv-1" closedOut />);

  await userEvent.click(screen.getByRole("button", { name: outcome }));

  await screen.findByText("Outcome noted, thank you.");
  expect(given).toMatchObject([{ verdict }]);
});

test("the thumb of before is still known after another page was looked at", async () => {
  const { given } = storing();
  const drawn = drawPage(<Feedback about="advisory" aboutId="adv-1" />);
  await userEvent.click(screen.getByRole("button", { name: "Did not help" }));
  await screen.findByText("Noted, thank you.");
  drawn.unmount();

  drawPage(<Feedback about="advisory" aboutId="adv-1" closedOut />);
  await userEvent.click(screen.getByRole("button", { name: "Partly fixed" }));

  await screen.findByText("Outcome noted, thank you.");
  expect(given.at(-1)).toMatchObject({ verdict: "down", resolution: "partly" });
});

test("an outcome that could not be stored is not shown as given", async () => {
  storing(true);
  drawPage(<Feedback about="advisory" aboutId="adv-1" closedOut />);

  await userEvent.click(screen.getByRole("button", { name: "Fixed" }));

  await screen.findByText(/This was not stored/);
  expect(screen.getByRole("button", { name: "Fixed" }).getAttribute("aria-pressed")).toBe("false");
  expect(screen.getByRole("button", { name: "Helped" }).getAttribute("aria-pressed")).toBe("false");
});
