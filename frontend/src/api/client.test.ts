import { afterEach, expect, test, vi } from "vitest";
import { problem, wire } from "../test/wire";
import { answerOf, client, setDoor } from "./client";
import { contactNow } from "./contact";

afterEach(() => setDoor({ bearer: () => null, onSignedOut: () => undefined }));

test("a refusal is the server's own sentence", async () => {
  wire({ "GET /api/alarms": () => problem(403, "ann has no access to the site bakery-north; an admin can grant it") });

  const read = answerOf(client.GET("/api/alarms"));

  await expect(read).rejects.toMatchObject({
    status: 403,
    passing: false,
    message: "Ann has no access to the site bakery-north; an admin can grant it.",
  });
});

test("a session that is over leads to the sign-in page, a wrong password does not", async () => {
  const onSignedOut = vi.fn();
  setDoor({ bearer: () => null, onSignedOut });
  wire({ "POST /api/session": () => problem(401, "wrong"), "GET /api/alarms": () => problem(401, "sign in first") });

  await expect(answerOf(client.POST("/api/session", { body: { name: "ann", password: "x" } }))).rejects.toThrow("Wrong.");
  expect(onSignedOut).not.toHaveBeenCalled();

  await expect(answerOf(client.GET("/api/alarms"))).rejects.toThrow();
  expect(onSignedOut).toHaveBeenCalledOnce();
});

test("a token of an identity provider goes along", async () => {
  setDoor({ bearer: () => "abc", onSignedOut: () => undefined });
  const line = wire();

  await answerOf(client.GET("/api/sites"));

  expect(line.requests[0]?.headers.get("Authorization")).toBe("Bearer abc");
});

test("whether the server answers is known to the whole console", async () => {
  const line = wire({ "GET /api/sites": () => null });

  await expect(answerOf(client.GET("/api/sites"))).rejects.toMatchObject({ status: 0 });
  expect(contactNow().state).toBe("reconnecting");

  line.say("GET /api/sites", () => problem(502, "bad gateway"));
  await expect(answerOf(client.GET("/api/sites"))).rejects.toMatchObject({ passing: true });
  expect(contactNow().state).toBe("reconnecting");

  line.say("GET /api/sites", () => Response.json([]));
  await answerOf(client.GET("/api/sites"));
  expect(contactNow().state).toBe("online");
});

test("an answer that is no JSON is a failure with a sentence, not a crash", async () => {
  wire({ "GET /api/sites": () => new Response("<h1>Bad gateway</h1>", { status: 500 }) });

  await expect(answerOf(client.GET("/api/sites"))).rejects.toThrow("The server answered 500.");
});
