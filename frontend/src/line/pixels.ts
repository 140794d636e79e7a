import type { Folded, Pipe } from "./layout";

/** Sizes of the drawing, in pixels at a scale of one. */
export const NODE = { width: 152, height: 78, columnWidth: 174, rowHeight: 104, bandGap: 22, margin: 14 };

interface Spot {
  column: number;
  row: number;
}

export function sizeOf(drawn: Folded): { width: number; height: number } {
  const bands = Math.max(1, drawn.bandStarts.length - 1);
  return {
    width: drawn.columns * NODE.columnWidth - (NODE.columnWidth - NODE.width) + 2 * NODE.margin,
    height: drawn.rows * NODE.rowHeight - (NODE.rowHeight - NODE.height) + (bands - 1) * NODE.bandGap + 2 * NODE.margin,
  };
}

export function topLeft({ column, row }: Spot, drawn: Folded): { x: number; y: number } {
  return { x: NODE.margin + column * NODE.columnWidth, y: NODE.margin + row * NODE.rowHeight + bandOf(row, drawn) * NODE.bandGap };
}

/** A pipe from the right edge of one machine to the left edge of the next, round what stands between them. */
export function wayOf(pipe: Pipe, drawn: Folded): string {
  const spots = pipe.way.map((spot) => ({ ...spot, ...topLeft(spot, drawn) }));
  const steps: string[] = [];
  spots.forEach((spot, index) => {
    const next = spots[index + 1];
    const middle = spot.y + NODE.height / 2;
    if (index === 0) steps.push(`M${spot.x + NODE.width} ${middle}`);
    else if (next) steps.push(`L${spot.x + NODE.width} ${middle}`);
    if (next) steps.push(stepTo(spot, next, pipe.backwards, drawn));
  });
  return steps.join(" ");
}

/** The head of a pipe, at the machine that it feeds. */
export function arrowOf(pipe: Pipe, drawn: Folded): string {
  const last = pipe.way.at(-1);
  if (!last) return "";
  const { x, y } = topLeft(last, drawn);
  return `M${x - 1} ${y + NODE.height / 2} l-8 -5 v10 Z`;
}

interface Corner extends Spot {
  x: number;
  y: number;
}

function stepTo(from: Corner, to: Corner, backwards: boolean, drawn: Folded): string {
  const start = from.y + NODE.height / 2;
  const end = to.y + NODE.height / 2;
  if (!backwards && to.column > from.column) {
    const bend = (to.x - from.x - NODE.width) / 2;
    return start === end ? `H${to.x - 2}` : `C${from.x + NODE.width + bend} ${start} ${to.x - bend} ${end} ${to.x - 2} ${end}`;
  }
  // What flows back has a lane of its own, above that of a line which goes on in the next band.
  const below = backwards ? Math.max(bottomOf(from, drawn), bottomOf(to, drawn)) - 6 : bottomOf(from, drawn);
  return `h9 V${below} H${to.x - 11} V${end} H${to.x - 2}`;
}

/** The free lane under the band of a machine. */
function bottomOf(spot: Corner, drawn: Folded): number {
  const lastRow = (drawn.bandStarts[bandOf(spot.row, drawn) + 1] ?? 1) - 1;
  return topLeft({ column: spot.column, row: Math.max(lastRow, spot.row) }, drawn).y + NODE.height + 11;
}

function bandOf(row: number, { bandStarts }: Folded): number {
  const after = bandStarts.findIndex((start) => start > row);
  return Math.max(0, (after < 0 ? bandStarts.length - 1 : after) - 1);
}
