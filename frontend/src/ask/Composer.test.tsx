import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createRef, useState } from "react";
import { expect, test, vi } from "vitest";
import { drawPart } from "../test/draw";
import type { Ear, Listen } from "../voice/listener";
import { NoMicrophone } from "../voice/microphone";
import type { Voice } from "../voice/useVoice";
import { Composer } from "./Composer";

const VOICE: Voice = { listen: null, speak: null, longestSeconds: 30, vocabulary: ["Vertical Conveyor"] };

const NOBODY = () => undefined;

function Box({ listen, onSend, onHeard = NOBODY }: { listen: Listen; onSend: () => void; onHeard?: () => void }) {
  const [text, setText] = useState("");
  return (
    <Composer
      text={text}
      onText={setText}
      onHeard={onHeard}
      answering={false}
      onSend={onSend}
      onStop={() => undefined}
      voice={{ ...VOICE, listen }}
      box={createRef()}
    />
  );
}

/** Hears what it is told to, or fails as it is told to. */
function hearing(...outcomes: (string | Error)[]): { listen: Listen; ear: () => Ear; cancelled: () => number } {
  let ear: Ear = { onLevel: () => undefined, onWords: () => undefined };
  let cancelled = 0;
  const listen: Listen = async (given) => {
    ear = given;
    return {
      finish: async () => {
        const outcome = outcomes.shift() ?? "";
        if (outcome instanceof Error) throw outcome;
        return outcome;
      },
      cancel: () => void (cancelled += 1),
    };
  };
  return { listen, ear: () => ear, cancelled: () => cancelled };
}

const box = () => screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Your question" });

async function tapTwice() {
  await userEvent.click(screen.getByRole("button", { name: "Speak" }));
  await userEvent.click(await screen.findByRole("button", { name: "End the recording" }));
}

test("what was heard stands in the box to be read, and is not sent", async () => {
  const onSend = vi.fn<() => void>();
  drawPart(<Box listen={hearing("why did the verticle conveyer stop").listen} onSend={onSend} />);

  await tapTwice();

  await waitFor(() => expect(box().value).toBe("why did the verticle conveyer stop"));
  expect(screen.getByText(/Read it, mend it, then send it yourself/)).toBeDefined();
  expect(onSend).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole("button", { name: "Did you mean Vertical Conveyor?" }));
  expect(box().value).toBe("why did the Vertical Conveyor stop");
});

test("held down with the keyboard it records, let go it stops", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  drawPart(<Box listen={hearing("by keyboard").listen} onSend={() => undefined} />);

  fireEvent.keyDown(screen.getByRole("button", { name: "Speak" }), { key: " " });
  const stop = await screen.findByRole("button", { name: "End the recording" });
  fireEvent.keyDown(stop, { key: " ", repeat: true });
  vi.setSystemTime(Date.now() + 2_000);
  fireEvent.keyUp(stop, { key: " " });
  vi.useRealTimers();

  await waitFor(() => expect(box().value).toBe("by keyboard"));
});

test("words are shown as they are heard, and can be thrown away", async () => {
  const booth = hearing("late");
  drawPart(<Box listen={booth.listen} onSend={() => undefined} />);
  await userEvent.click(screen.getByRole("button", { name: "Speak" }));
  await screen.findByText("Listening");

  booth.ear().onWords("why did");
  expect(await screen.findByText("Heard so far: why did")).toBeDefined();
  await userEvent.click(screen.getByRole("button", { name: "Discard" }));

  expect(screen.queryByText("Listening")).toBeNull();
  expect(booth.cancelled()).toBe(1);
  expect(box().value).toBe("");
});

test("a refused microphone is a sentence, and typing still works", async () => {
  const refused: Listen = () => Promise.reject(new NoMicrophone("denied"));
  drawPart(<Box listen={refused} onSend={() => undefined} />);

  await userEvent.click(screen.getByRole("button", { name: "Speak" }));

  expect(await screen.findByText(/The browser may not use the microphone/)).toBeDefined();
  await userEvent.type(box(), "typed");
  expect(box().value).toBe("typed");
});

test("a recording that could not be written down is tried again without speaking again", async () => {
  drawPart(
    <Box listen={hearing(new Error("The speech server is away."), "second try").listen} onSend={() => undefined} />,
  );
  await tapTwice();
  expect(await screen.findByText(/The recording is kept\. The speech server is away\./)).toBeDefined();

  await userEvent.click(screen.getByRole("button", { name: "Try once more" }));

  await waitFor(() => expect(box().value).toBe("second try"));
});

test("what is spoken is added to what was typed, and told apart from it", async () => {
  const onHeard = vi.fn();
  drawPart(<Box listen={hearing("since when").listen} onSend={() => undefined} onHeard={onHeard} />);
  await userEvent.type(box(), "The freezer:");
  expect(onHeard).not.toHaveBeenCalled();

  await tapTwice();

  await waitFor(() => expect(box().value).toBe("The freezer: since when"));
  expect(onHeard).toHaveBeenCalledTimes(1);
});
