/** Push-to-talk as a state machine: a state and what happens in, the next state out. Times are milliseconds. */

export type Trouble = "denied" | "absent" | "busy" | "insecure" | "unsupported" | "nothing_heard" | "not_transcribed";

export type RecorderState =
  | { is: "idle" }
  /** The browser asks the person for the microphone; they may let go of the button meanwhile. */
  | { is: "opening"; pressedAt: number; letGo: boolean }
  /** `held`: it ends when the button is let go; otherwise at the next press. */
  | { is: "recording"; pressedAt: number; startedAt: number; held: boolean }
  | { is: "transcribing" }
  | { is: "failed"; trouble: Trouble; detail: string; canRetry: boolean };

export type RecorderEvent =
  | { what: "pressed"; at: number }
  | { what: "released"; at: number }
  | { what: "opened"; at: number }
  | { what: "ticked"; at: number }
  | { what: "heard"; text: string }
  | { what: "failed"; trouble: Trouble; detail: string }
  | { what: "retried" }
  | { what: "cancelled" };

export const IDLE: RecorderState = { is: "idle" };

/** Let go sooner than this, a press was a tap: it goes on until the next tap. */
export const TAP_MS = 400;

export function next(state: RecorderState, event: RecorderEvent, longestMs: number): RecorderState {
  if (event.what === "cancelled") return IDLE;
  if (event.what === "failed") return failed(event.trouble, event.detail);
  switch (state.is) {
    case "idle":
    case "failed":
      return whenQuiet(state, event);
    case "opening":
      return whenOpening(state, event);
    case "recording":
      return whenRecording(state, event, longestMs);
    case "transcribing":
      return whenTranscribing(state, event);
  }
}

function whenQuiet(state: RecorderState, event: RecorderEvent): RecorderState {
  if (event.what === "pressed") return { is: "opening", pressedAt: event.at, letGo: false };
  if (event.what === "retried" && state.is === "failed" && state.canRetry) return { is: "transcribing" };
  return state;
}

function whenOpening(state: RecorderState & { is: "opening" }, event: RecorderEvent): RecorderState {
  if (event.what === "released") return { ...state, letGo: true };
  if (event.what !== "opened") return state;
  return { is: "recording", pressedAt: state.pressedAt, startedAt: event.at, held: !state.letGo };
}

function whenRecording(
  state: RecorderState & { is: "recording" },
  event: RecorderEvent,
  longestMs: number,
): RecorderState {
  if (event.what === "pressed") return { is: "transcribing" };
  if (event.what === "ticked") return event.at - state.startedAt >= longestMs ? { is: "transcribing" } : state;
  if (event.what !== "released" || !state.held) return state;
  return event.at - state.pressedAt < TAP_MS ? { ...state, held: false } : { is: "transcribing" };
}

function whenTranscribing(state: RecorderState, event: RecorderEvent): RecorderState {
  if (event.what !== "heard") return state;
  return event.text.trim() ? IDLE : failed("nothing_heard", "");
}

function failed(trouble: Trouble, detail: string): RecorderState {
  return { is: "failed", trouble, detail, canRetry: trouble === "not_transcribed" };
}
