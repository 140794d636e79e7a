import { lazy, Suspense, useMemo, useState } from "react";
import type { Series } from "../api/types";
import { Loading } from "../shell/RemoteView";
import { withUnit, type Words } from "./face";
import type { PlotData } from "./Plot";

const Plot = lazy(() => import("./Plot"));

interface Props {
  series: Series;
  /** The window in words: `the last 30 min`. */
  window: string;
  words: Words;
}

/** One value over a window: in words, as a curve, and as a table. */
export function Trend({ series, window, words }: Props) {
  const data = useMemo(() => columnsOf(series), [series]);
  const { say, numbers, times } = words;
  if (series.points.length === 0) return <p className="muted">{series.note || say.noPoints}</p>;
  return (
    <figure className="trend">
      <figcaption>{summaryOf(series, window, words)}</figcaption>
      <Suspense fallback={<Loading />}>
        <Plot
          data={data}
          limitLow={series.limit_low}
          limitHigh={series.limit_high}
          height={220}
          zone={times.zone}
          numberText={numbers.value}
        />
      </Suspense>
      <PointTable series={series} words={words} />
    </figure>
  );
}

/** What the curve shows, in one sentence. */
export function summaryOf(series: Series, window: string, { say, numbers }: Pick<Words, "say" | "numbers">): string {
  const { low, high, mean, unit } = series;
  if (low === null || high === null || mean === null) return series.note || say.noPoints;
  const text = (value: number) => withUnit(value, unit, numbers);
  return `${say.summary(series.label, window, text(low), text(high), text(mean))}; ${slopeText(series, { say, numbers })}.`;
}

/** A slope is worth a word when it moves the value by a twentieth of its span in an hour. */
function slopeText({ trend_per_hour: slope, low, high, unit }: Series, { say, numbers }: Pick<Words, "say" | "numbers">): string {
  const span = (high ?? 0) - (low ?? 0);
  if (slope === null || Math.abs(slope) < span / 20 || slope === 0) return say.steady;
  return (slope > 0 ? say.rising : say.falling)(withUnit(roughly(Math.abs(slope)), unit, numbers));
}

/** A slope fitted to readings is not known better than to two digits. */
function roughly(slope: number): number {
  return Number(slope.toPrecision(2));
}

function PointTable({ series, words }: { series: Series; words: Words }) {
  const [open, setOpen] = useState(false);
  const { say, numbers, times } = words;
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{say.asTable}</summary>
      {open && (
        <div className="table-scroll" tabIndex={0} role="region" aria-label={series.label}>
          <table>
            <thead>
              <tr>
                <th scope="col">{say.time}</th>
                <th scope="col">{say.mean}</th>
                <th scope="col">{say.lowest}</th>
                <th scope="col">{say.highest}</th>
              </tr>
            </thead>
            <tbody>
              {series.points.map((point) => (
                <tr key={point.at}>
                  <th scope="row">{times.second(point.at)}</th>
                  <td>{withUnit(point.mean, series.unit, numbers)}</td>
                  <td>{withUnit(point.low, series.unit, numbers)}</td>
                  <td>{withUnit(point.high, series.unit, numbers)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}

function columnsOf({ points }: Series): PlotData {
  return {
    seconds: points.map((point) => Date.parse(point.at) / 1_000),
    mean: points.map((point) => point.mean),
    low: points.map((point) => point.low),
    high: points.map((point) => point.high),
  };
}
