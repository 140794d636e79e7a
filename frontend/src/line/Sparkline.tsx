import type { Series } from "../api/types";

const WIDTH = 120;
const HEIGHT = 24;

/** The course of a value, without scales: only whether it rises, falls or jumps. The words beside it say how much. */
export function Sparkline({ series }: { series: Series | undefined }) {
  const path = series ? pathOf(series) : "";
  if (!path) return <span className="sparkline none" aria-hidden="true" />;
  return (
    <svg className="sparkline" width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

function pathOf({ points }: Series): string {
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last || points.length < 2) return "";
  const start = Date.parse(first.at);
  const span = Date.parse(last.at) - start || 1;
  const low = Math.min(...points.map((point) => point.mean));
  const high = Math.max(...points.map((point) => point.mean));
  const height = high - low;
  const x = (at: string) => (((Date.parse(at) - start) / span) * (WIDTH - 2) + 1).toFixed(1);
  const y = (mean: number) => (height ? HEIGHT - 2 - ((mean - low) / height) * (HEIGHT - 4) : HEIGHT / 2).toFixed(1);
  return points.map((point, index) => `${index ? "L" : "M"}${x(point.at)} ${y(point.mean)}`).join("");
}
