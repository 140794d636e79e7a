import { createRoot } from "react-dom/client";
import { flushSync } from "react-dom";
import Plot, { type PlotData } from "../src/line/Plot";

/** Shifts a curve of 5,000 points by ten a time and measures from the new data to the frame that shows it. */
const POINTS = 5_000;
const SHIFT = 10;
const UPDATES = 120;
const WARM_UP = 20;

const place = document.getElementById("root");
if (!place) throw new Error("bench.html has no #root");
const root = createRoot(place);
const numberText = (value: number) => value.toFixed(1);

function curve(from: number): PlotData {
  const seconds = Array.from({ length: POINTS }, (_, index) => 1_700_000_000 + from + index);
  const mean = seconds.map((second) => 10 * Math.sin(second / 90) + 3 * Math.sin(second / 7));
  return { seconds, mean, low: mean.map((one) => one - 1), high: mean.map((one) => one + 1) };
}

function draw(data: PlotData) {
  const plot = <Plot data={data} limitLow={-9} limitHigh={9} height={260} zone="Europe/Copenhagen" numberText={numberText} />;
  flushSync(() => root.render(plot));
}

const frame = () => new Promise<number>((done) => requestAnimationFrame(done));
const afterFrame = () =>
  new Promise<void>((done) => {
    const channel = new MessageChannel();
    channel.port1.addEventListener("message", () => done());
    channel.port1.start();
    requestAnimationFrame(() => channel.port2.postMessage(null));
  });

async function measure() {
  const toFrame: number[] = [];
  const script: number[] = [];
  let dropped = 0;
  draw(curve(0));
  for (let update = 1; update <= UPDATES + WARM_UP; update += 1) {
    const data = curve(update * SHIFT);
    const before = await frame();
    const started = performance.now();
    draw(data);
    const drawn = performance.now();
    await afterFrame();
    const shown = performance.now();
    if (update <= WARM_UP) continue;
    script.push(drawn - started);
    toFrame.push(shown - started);
    // One frame after the one in which it was drawn is the earliest that can show it.
    if (shown - before > 2.5 * (1_000 / 60)) dropped += 1;
  }
  return { points: POINTS, updates: UPDATES, script_ms: spread(script), update_to_frame_ms: spread(toFrame), late_frames: dropped };
}

function spread(values: number[]) {
  const ordered = values.toSorted((one, other) => one - other);
  const at = (share: number) => Number((ordered[Math.floor(share * (ordered.length - 1))] ?? 0).toFixed(1));
  return { median: at(0.5), p95: at(0.95), most: at(1) };
}

const result = document.getElementById("result");
void measure().then((measured) => {
  const text = JSON.stringify(measured);
  if (result) result.textContent = text;
  void fetch("/bench-result", { method: "POST", body: text });
});
