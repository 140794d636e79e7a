import "uplot/dist/uPlot.min.css";
import { useEffect, useRef } from "react";
import uPlot from "uplot";

/** Columns of the same length: seconds since 1970, and the values at those times; null is a hole. */
export interface PlotData {
  seconds: readonly number[];
  mean: readonly (number | null)[];
  low?: readonly (number | null)[];
  high?: readonly (number | null)[];
}

interface Props {
  data: PlotData;
  limitLow: number | null;
  limitHigh: number | null;
  height: number;
  zone: string;
  numberText: (value: number) => string;
}

const INK = "#20262a";
const BAND = "rgba(77, 86, 92, 0.220)";
const LIMIT = "#7a5d00";
const GRID = "#e4e6e7";
const FONT = "12px system-ui, sans-serif";

/**
 * A curve on a canvas, quick enough for thousands of points a frame. It is a picture: whoever shows it says the same in
 * words and as a table beside it.
 */
export default function Plot({ data, limitLow, limitHigh, height, zone, numberText }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const limits = useRef({ limitLow, limitHigh });
  limits.current = { limitLow, limitHigh };

  useEffect(() => {
    const place = holder.current;
    if (!place) return undefined;
    const made = new uPlot(optionsOf(place.clientWidth || 600, height, zone, numberText, () => limits.current), [[], [], [], []], place);
    plot.current = made;
    const watcher = new ResizeObserver(() => made.setSize({ width: place.clientWidth || 600, height }));
    watcher.observe(place);
    return () => {
      watcher.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [height, zone, numberText]);

  useEffect(() => void plot.current?.setData(columnsOf(data)), [data, height, zone, numberText]);

  return <div ref={holder} className="plot" aria-hidden="true" />;
}

function columnsOf({ seconds, mean, low, high }: PlotData): uPlot.AlignedData {
  return [seconds as number[], (high ?? []) as number[], (low ?? []) as number[], mean as number[]];
}

type Limits = () => { limitLow: number | null; limitHigh: number | null };

function optionsOf(width: number, height: number, zone: string, numberText: Props["numberText"], limits: Limits): uPlot.Options {
  const hidden = { stroke: "transparent", width: 0, points: { show: false } };
  return {
    width,
    height,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), zone),
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    scales: { y: { range: (_, low, high) => roomFor(low, high, limits()) } },
    series: [{}, hidden, hidden, { stroke: INK, width: 1.5, points: { show: false } }],
    bands: [{ series: [1, 2], fill: BAND }],
    axes: [
      { font: FONT, stroke: INK, grid: { stroke: GRID }, ticks: { stroke: GRID }, values: CLOCK },
      { font: FONT, stroke: INK, grid: { stroke: GRID }, ticks: { stroke: GRID }, size: 58, values: (_, at) => at.map(numberText) },
    ],
    hooks: { draw: [(made) => drawLimits(made, limits())] },
  };
}

/** 24 hours everywhere: step in seconds, then what is shown, and what once a day is shown under it. */
const CLOCK: uPlot.Axis.Values = [
  [86_400, "{DD}.{MM}.", null, null, null, null, null, null, 1],
  [60, "{HH}:{mm}", "\n{DD}.{MM}.", null, null, null, null, null, 1],
  [1, "{HH}:{mm}:{ss}", null, null, null, null, null, null, 1],
];

/** The limits stay in sight, so that one sees how far away they are. */
function roomFor(low: number | null, high: number | null, { limitLow, limitHigh }: ReturnType<Limits>): [number, number] {
  const shown = [low, high, limitLow, limitHigh].filter((one): one is number => one !== null && Number.isFinite(one));
  if (shown.length === 0) return [0, 1];
  const least = Math.min(...shown);
  const most = Math.max(...shown);
  const margin = (most - least) * 0.08 || Math.abs(most) * 0.05 || 1;
  return [least - margin, most + margin];
}

function drawLimits(made: uPlot, { limitLow, limitHigh }: ReturnType<Limits>): void {
  const { ctx, bbox } = made;
  ctx.save();
  ctx.strokeStyle = LIMIT;
  ctx.setLineDash([6, 4]);
  ctx.lineWidth = devicePixelRatio;
  for (const limit of [limitLow, limitHigh]) {
    if (limit === null) continue;
    const y = made.valToPos(limit, "y", true);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
  }
  ctx.restore();
}
