import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { SESSION } from "../../dev/samples";
import { accuracy, CAMERAS, imageId, inspection, waiting } from "../../dev/samples-of-inspections";
import { drawPage } from "../test/draw";
import { json, problem, type Said, wire } from "../test/wire";
import InspectionsPage from "./InspectionsPage";
import type { Inspection } from "./model";

const VIEWER = { ...SESSION, name: "Vic", role: "viewer" } as const;
const QUEUE = "GET /api/inspections/queue";
const RECENT = "GET /api/inspections";

function draw({ session = SESSION, at = "/inspections", language = "en" }: Parameters<typeof drawPage>[1] = {}) {
  return drawPage(<InspectionsPage />, { session, at, language });
}

/** A server that keeps verdicts as the real one does: the first person's stands. */
function keeping(now = Date.now()) {
  const all: Inspection[] = [...waiting(now).inspections];
  const sent: { id: string; verdict: string; version: number; note: string }[] = [];
  const server = wire({ [QUEUE]: () => json({ inspections: all.filter(({ queued }) => queued), more: false }) });
  for (const one of all) {
    server.say(`GET /api/inspections/${one.image_id}`, () => json(one));
    server.say(`POST /api/inspections/${one.image_id}/review`, async (request) => {
      const body = await request.json();
      if (one.review) return problem(409, `${one.review.by} has said ${one.review.verdict} of it`);
      sent.push({ id: one.image_id, ...body });
      reviewedBy(one, "Ann", body.verdict);
      return json(one);
    });
  }
  return { all, sent, server };
}

function reviewedBy(one: Inspection, by: string, verdict: "good" | "bubbles"): void {
  Object.assign(one, { review: { verdict, by, at: new Date().toISOString(), note: "" }, verdict, queued: false, version: one.version + 1 });
}

const shown = (title: string) => screen.findByRole("heading", { name: title });
const verdict = (name: string) => screen.getByRole("button", { name });

test("the oldest image is shown with what was seen on it, how sure that is, by whom and where", async () => {
  wire();

  draw();

  await shown("Image 1 of 3");
  const article = within(screen.getByRole("article"));
  expect(article.getByText("not sure, 62%", { exact: false })).toBeTruthy();
  expect(article.getByText("by the offline inspector")).toBeTruthy();
  expect(article.getByText("a dark line crosses 61 % of the piece")).toBeTruthy();
  expect(article.getByText("Cookie Inspector")).toBeTruthy();
  expect(await article.findByRole("img", { name: /^Image of Cookie Inspector, taken / })).toBeTruthy();
});

test("the places lie on the image in its own pixels, and can be taken away", async () => {
  wire();
  draw();
  await shown("Image 1 of 3");
  const box = document.querySelector(".picture-box")!;

  expect(box.querySelector("svg")?.getAttribute("viewBox")).toBe("0 0 160 120");
  const [place] = box.querySelectorAll("rect:not(.around)");
  expect(["x", "y", "width", "height"].map((name) => place?.getAttribute(name))).toEqual(["54", "24", "42", "74"]);
  await userEvent.click(screen.getByRole("checkbox", { name: "Show where" }));

  expect(box.querySelectorAll("rect")).toHaveLength(0);
  expect(screen.getByText("1 place is marked")).toBeTruthy();
});

test("a click gives the verdict with its note, and the next image follows with the focus on its title", async () => {
  const { all, sent } = keeping();
  draw();
  await shown("Image 1 of 3");

  await userEvent.type(screen.getByRole("textbox", { name: "Note (optional)" }), "only a shadow 1");
  await userEvent.click(verdict("Good"));

  const title = await shown("Image 2 of 3");
  expect(sent).toEqual([{ id: all[0]!.image_id, verdict: "good", version: 3, note: "only a shadow 1" }]);
  expect(document.activeElement).toBe(title);
  expect(screen.getByText("Kept: Good.")).toBeTruthy();
  expect(screen.getByText("a guess, 36%", { exact: false })).toBeTruthy();
  expect(screen.getByRole<HTMLInputElement>("textbox").value).toBe("");
});

test("the keys give verdicts one after the other; after the last it is told when images come here", async () => {
  const { sent } = keeping();
  draw();
  await shown("Image 1 of 3");

  await userEvent.keyboard("2");
  await shown("Image 2 of 3");
  await userEvent.keyboard("4");
  await shown("Image 3 of 3");
  await userEvent.keyboard("5");
  await shown("To look at");

  expect(sent.map((one) => one.verdict)).toEqual(["cracked", "bubbles", "unreadable"]);
  expect(screen.getByText("Nothing waits for a person")).toBeTruthy();
  expect(screen.getByText("Images you looked at just now: 3.")).toBeTruthy();
  expect(screen.getByText(/comes here when the inspector is less than 80% sure.* 2% come as a check/)).toBeTruthy();
});

test("a digit in the note, with Ctrl, held down, or with the keys switched off is no verdict", async () => {
  const { sent } = keeping();
  draw();
  await shown("Image 1 of 3");

  await userEvent.type(screen.getByRole("textbox"), "12");
  await userEvent.click(screen.getByRole("heading", { name: "Image 1 of 3" }));
  await userEvent.keyboard("{Control>}1{/Control}");
  document.dispatchEvent(new KeyboardEvent("keydown", { key: "1", repeat: true }));
  await userEvent.click(screen.getByRole("checkbox", { name: "Keys 1 to 5" }));
  await userEvent.keyboard("1");

  expect(sent).toEqual([]);
  await userEvent.click(screen.getByRole("checkbox", { name: "Keys 1 to 5" }));
  await userEvent.keyboard("1");
  await shown("Image 2 of 3");
  expect(sent).toHaveLength(1);
});

test("where somebody else was faster, theirs stands, it is told, and the next image follows", async () => {
  const { all, sent } = keeping();
  draw();
  await shown("Image 1 of 3");
  reviewedBy(all[0]!, "Bo", "bubbles");

  await userEvent.click(verdict("Good"));

  expect(await screen.findByText("Somebody else was faster: Bo said Bubbles. That stands.")).toBeTruthy();
  expect(screen.getByRole("heading", { name: "Image 2 of 3" })).toBeTruthy();
  expect(sent).toEqual([]);
});

test("what could not be sent stays, with its note, and says so", async () => {
  const { server, sent } = keeping();
  server.say(`POST /api/inspections/${imageId(1)}/review`, () => null);
  draw();
  await shown("Image 1 of 3");
  await userEvent.type(screen.getByRole("textbox"), "odd");

  await userEvent.click(verdict("Good"));

  expect(await screen.findByText("The server cannot be reached. Try again.")).toBeTruthy();
  expect(screen.getByRole("heading", { name: "Image 1 of 3" })).toBeTruthy();
  expect(screen.getByRole<HTMLInputElement>("textbox").value).toBe("odd");
  expect(sent).toEqual([]);
});

test("an impatient second click gives no second verdict", async () => {
  const { server } = keeping();
  let answer: (said: Response) => void = () => undefined;
  const slow: Said = () => new Promise((resolve) => (answer = resolve));
  server.say(`POST /api/inspections/${imageId(1)}/review`, slow);
  draw();
  await shown("Image 1 of 3");

  await userEvent.click(verdict("Good"));
  await userEvent.click(verdict("Cracked"));
  await userEvent.keyboard("3");
  answer(json(inspection(Date.now(), 1, { review: { verdict: "good", by: "Ann", at: "2026-11-21T12:00:00Z", note: "" } })));

  await shown("Image 2 of 3");
  expect(server.asked.filter((one) => one.startsWith("POST"))).toHaveLength(1);
});

test("an image can wait: the next one comes first, and it comes again", async () => {
  keeping();
  draw();
  await shown("Image 1 of 3");

  await userEvent.click(screen.getByRole("button", { name: "Later" }));
  await shown("Image 2 of 3");
  await userEvent.click(screen.getByRole("button", { name: "Later" }));
  await shown("Image 3 of 3");
  await userEvent.click(screen.getByRole("button", { name: "Later" }));

  expect(await shown("Image 1 of 3")).toBeTruthy();
});

test("nothing changes under the hands of who decides, whatever comes meanwhile", async () => {
  const { all, sent } = keeping();
  draw();
  await shown("Image 1 of 3");

  all.unshift(inspection(Date.now(), 0));
  document.dispatchEvent(new Event("visibilitychange"));
  await shown("Image 2 of 4");
  await userEvent.keyboard("1");

  await waitFor(() => expect(sent.map(({ id }) => id)).toEqual([imageId(1)]));
});

test("a viewer looks and decides nothing", async () => {
  const server = wire();
  draw({ session: VIEWER });
  await shown("Image 1 of 3");

  await userEvent.keyboard("1");
  await userEvent.click(screen.getByRole("button", { name: "Next" }));

  await shown("Image 2 of 3");
  expect(screen.queryByRole("button", { name: "Good" })).toBeNull();
  expect(screen.getByText("Operators give verdicts; you may look.")).toBeTruthy();
  expect(server.asked.filter((one) => one.startsWith("POST"))).toEqual([]);
});

test("who asked before in vain is told", async () => {
  keeping();
  draw();
  await shown("Image 1 of 3");

  await userEvent.keyboard("1");

  await shown("Image 2 of 3");
  expect(screen.getByText("qwen2.5vl: nobody answers at http://127.0.0.1:11434")).toBeTruthy();
});

test("an image whose bytes are gone says so, and what was seen stays", async () => {
  wire({ [`GET /api/inspections/${imageId(1)}/image`]: () => problem(404, "this image is past its retention") });

  draw();

  expect(await screen.findByText(/past its retention/)).toBeTruthy();
  expect(screen.getByText("a dark line crosses 61 % of the piece")).toBeTruthy();
});

test("how right it is stands beside how many images say so, and one image is too few", async () => {
  wire();

  draw({ at: "/inspections?view=accuracy" });

  const row = within((await screen.findAllByRole("row", { name: /^Cracked/ }))[0]!);
  expect(row.getAllByRole("cell").map((cell) => cell.textContent)).toEqual([
    "100% 21% to 100%1 image · too few to tell",
    "75% 30% to 95%4 images · too few to tell",
  ]);
  const good = within(screen.getAllByRole("row", { name: /^Good/ })[0]!);
  expect(good.getAllByRole("cell")[0]!.textContent).toBe("93% 81% to 98%30 images");
  expect(screen.getByText(/Looked at: 42\. Still waiting: 3\. It was sure of 20 of 42/)).toBeTruthy();
});

test("weeks are drawn side by side: what rests on few images is hollow, and what nobody knows is not drawn", async () => {
  wire();

  draw({ at: "/inspections?view=accuracy" });

  const drawn = await screen.findByRole("img", { name: /^Bubbles, the last 2 weeks/ });
  expect(drawn.querySelectorAll("circle")).toHaveLength(0);
  expect(drawn.querySelectorAll(".few rect")).toHaveLength(2);
  const good = screen.getByRole("img", { name: /^Good, the last 2 weeks/ });
  expect([good.querySelectorAll("circle").length, good.querySelectorAll(".few").length]).toEqual([2, 0]);
});

test("another week says what it cannot show", async () => {
  wire();
  draw({ at: "/inspections?view=accuracy" });

  await userEvent.selectOptions(await screen.findByRole("combobox", { name: "Week" }), "Week of 9 Nov");

  expect(screen.getByText(/what is surely wrong does not show here/)).toBeTruthy();
  expect(screen.getByText("None of this week.")).toBeTruthy();
});

test("an image that was wrong opens with what was said and what is true, and the focus comes back", async () => {
  wire();
  draw({ at: "/inspections?view=accuracy" });
  const wrong = await screen.findByRole("button", { name: "Said Cracked (62%), is Deformed" });

  await userEvent.click(wrong);

  const dialog = within(await screen.findByRole("dialog"));
  expect(await dialog.findByText("a dark line crosses 61 % of the piece")).toBeTruthy();
  expect(dialog.getByText("bent at the edge")).toBeTruthy();
  await userEvent.click(dialog.getByRole("button", { name: "Close" }));
  await waitFor(() => expect(document.activeElement).toBe(wrong));
});

test("with no verdicts there are no figures", async () => {
  wire({ "GET /api/inspections/accuracy": () => json([{ ...accuracy()[0], reviewed: 0, classes: [], wrong: [] }]) });

  draw({ at: "/inspections?view=accuracy" });

  expect(await screen.findByText("Nobody has looked at an image yet")).toBeTruthy();
});

test("images of a machine and a time are asked for as an alarm links to them, and by verdict", async () => {
  const server = wire();
  draw({ at: "/inspections?device=Cookie+Inspector&from=2026-11-21T10:00:00Z" });
  await screen.findByRole("list", { name: "Images" });

  await userEvent.selectOptions(screen.getByRole("combobox", { name: "Verdict" }), "Any defect");
  await waitFor(() => expect(server.asked.some((one) => one.includes("verdict=cracked&verdict=deformed&verdict=bubbles"))).toBe(true));

  const first = server.asked.find((one) => one.startsWith("GET /api/inspections?"));
  const asked = new URLSearchParams(first?.split("?")[1]);
  expect([asked.get("device"), asked.get("since"), asked.get("until")]).toEqual(["Cookie Inspector", "2026-11-21T10:00:00Z", "2026-11-21T11:00:00.000Z"]);
  expect(screen.getByText(/^From 21 Nov, 11:00 on\./)).toBeTruthy();
});

test("each image is a button with its verdict, how sure, who said so, or that it waits", async () => {
  wire();

  draw({ at: "/inspections?view=recent" });

  const list = within(await screen.findByRole("list", { name: "Images" }));
  const names = list.getAllByRole("button").map((one) => one.textContent);
  expect(names[0]).toMatch(/^Good.*· 97%$/);
  expect(names[1]).toMatch(/^Deformed.*· Ann$/);
  expect(names[2]).toMatch(/^Cracked.*· 62% · waits for a person$/);
});

test("a few images are fetched at first, the others with a click", async () => {
  const now = Date.now();
  const many = Array.from({ length: 30 }, (_, index) => inspection(now, index + 100));
  const server = wire({ [RECENT]: () => json(many) });
  draw({ at: "/inspections?view=recent" });
  const list = within(await screen.findByRole("list", { name: "Images" }));
  expect(list.getAllByRole("button")).toHaveLength(12);

  await userEvent.click(screen.getByRole("button", { name: "Show 12 more" }));

  expect(list.getAllByRole("button")).toHaveLength(24);
  expect(server.asked.filter((one) => one.endsWith("/image")).length).toBeLessThanOrEqual(24 + 2);
});

test("a verdict in the dialog corrects the inspector", async () => {
  const { all, sent } = keeping();
  draw({ at: `/inspections?view=recent&image=${imageId(3)}` });
  const dialog = within(await screen.findByRole("dialog"));

  await userEvent.click(await dialog.findByRole("button", { name: "Bubbles" }));

  expect(await dialog.findByText("Kept: Bubbles.")).toBeTruthy();
  expect(sent.map(({ id, verdict: said }) => [id, said])).toEqual([[all[2]!.image_id, "bubbles"]]);
});

test("an image is sent by hand, its bytes as they are, and shown with its verdict once it has one", async () => {
  const server = wire();
  const path = "POST /api/inspections/Cookie%20Inspector/images";
  let body = new Uint8Array();
  let kind: string | null = "";
  server.say(path, async (request) => {
    [body, kind] = [new Uint8Array(await request.arrayBuffer()), request.headers.get("Content-Type")];
    return json(inspection(Date.now(), 50, { seen: null, queued: false }));
  });
  let looks = 0;
  server.say(`GET /api/inspections/${imageId(50)}`, () => json(inspection(Date.now(), 50, looks++ ? { queued: false } : { seen: null, queued: false })));
  draw({ at: "/inspections?view=recent" });
  await userEvent.click(await screen.findByText("Try an image"));

  await userEvent.upload(screen.getByLabelText("Image file"), new File([Uint8Array.from([137, 80, 78, 71])], "a.png", { type: "image/png" }));
  await userEvent.click(screen.getByRole("button", { name: "Send" }));

  const result = within(await screen.findByRole("region", { name: "What was seen on it" }));
  expect(await result.findByText("It is being looked at…")).toBeTruthy();
  expect(await result.findByText("a dark line crosses 61 % of the piece")).toBeTruthy();
  expect([[...body], kind]).toEqual([[137, 80, 78, 71], "image/png"]);
});

test("where images go by a form, the fields come first, the image last, and it is shown once it has arrived", async () => {
  const bytes = Uint8Array.from([137, 80, 78, 71]);
  const id = "0f4636c78f65d3639ece5a064b5ae753e3408614a14fb18ab4d7540d2c248543";
  let posted: [string, FormDataEntryValue][] = [];
  let looks = 0;
  const server = wire({
    "GET /api/inspections/cameras": () => json(CAMERAS.map((camera) => ({ ...camera, by_form: true }))),
    "POST /api/inspections/uploads": () => json({ url: "https://bucket.test/", fields: { key: "uploads/1", policy: "p" }, expires_at: "", most_bytes: 8e6 }),
    "POST /": async (request) => {
      posted = [...(await request.formData()).entries()] as typeof posted;
      return new Response(null, { status: 204 });
    },
    [`GET /api/inspections/${id}`]: () => (looks++ ? json(inspection(Date.now(), 50, { image_id: id })) : problem(404, "there is no inspection")),
  });
  draw({ at: "/inspections?view=recent" });
  await userEvent.click(await screen.findByText("Try an image"));

  await userEvent.upload(screen.getByLabelText("Image file"), new File([bytes], "a.png", { type: "image/png" }));
  await userEvent.click(screen.getByRole("button", { name: "Send" }));

  expect(await screen.findByText("It is on its way…")).toBeTruthy();
  expect(await screen.findByText("a dark line crosses 61 % of the piece")).toBeTruthy();
  expect(posted.map(([name]) => name)).toEqual(["key", "policy", "file"]);
  expect(server.asked).toContain("POST /");
  expect(server.asked.some((one) => one.includes("/images"))).toBe(false);
});

test("what is no image is refused in the server's words", async () => {
  wire({ "POST /api/inspections/Cookie%20Inspector/images": () => problem(400, "the bytes are neither a PNG nor a JPEG; send one of these") });
  draw({ at: "/inspections?view=recent" });
  await userEvent.click(await screen.findByText("Try an image"));

  await userEvent.upload(screen.getByLabelText("Image file"), new File(["x"], "a.png", { type: "image/png" }));
  await userEvent.click(screen.getByRole("button", { name: "Send" }));

  expect(await screen.findByText("The bytes are neither a PNG nor a JPEG; send one of these.")).toBeTruthy();
});

test("a viewer sends no image", async () => {
  wire();

  draw({ at: "/inspections?view=recent", session: VIEWER });

  await screen.findByRole("list", { name: "Images" });
  expect(screen.queryByText("Try an image")).toBeNull();
});

test("where no images are inspected, that is explained and is no error", async () => {
  wire({ [QUEUE]: () => problem(404, "no images are inspected here") });

  draw();

  expect(await screen.findByText("No images are inspected here")).toBeTruthy();
  expect(screen.queryByRole("alert")).toBeNull();
});

test("the page speaks German and Chinese", async () => {
  wire();
  draw({ language: "de" });
  expect(await screen.findByRole("button", { name: "Verformt" })).toBeTruthy();

  draw({ language: "zh" });
  expect(await screen.findByRole("button", { name: "变形" })).toBeTruthy();
});
