import type { Layout, Pipe } from "./layout";

/** Sizes of the drawing, in pixels at a scale of one. */
export const NODE = { width: 146, height: 78, columnWidth: 166, rowHeight: 104, bandGap: 26, margin: 14 };

export interface Drawn extends Layout {
  /** Rows of one band; a folded line has several bands under one another. */
  rowsInBand: number;
}

interface Spot {
  column: number;
  row: number;
}

export function sizeOf(drawn: Drawn): { width: number; height: number } {
  const bands = Math.max(1, Math.round(drawn.rows / Math.max(1, drawn.rowsInBand)));
  return {
    width: drawn.columns * NODE.columnWidth - (NODE.columnWidth - NODE.width) + 2 * NODE.margin,
    height: drawn.rows * NODE.rowHeight - (NODE.rowHeight - NODE.height) + (bands - 1) * NODE.bandGap + 2 * NODE.margin,
  };
}

export function topLeft({ column, row }: Spot, drawn: Drawn): { x: number; y: number } {
  return { x: NODE.margin + column * NODE.columnWidth, y: NODE.margin + row * NODE.rowHeight + bandOf(row, drawn) * NODE.bandGap };
}

/** A pipe from the right edge of one machine to the left edge of the next, round what stands between them. */
export function wayOf(pipe: Pipe, drawn: Drawn): string {
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
export function arrowOf(pipe: Pipe, drawn: Drawn): string {
  const last = pipe.way.at(-1);
  if (!last) return "";
  const { x, y } = topLeft(last, drawn);
  return `M${x - 1} ${y + NODE.height / 2} l-8 -5 v10 Z`;
}

interface Corner extends Spot {
  x: number;
  y: number;
}

function stepTo(from: Corner, to: Corner, backwards: boolean, drawn: Drawn): string {
  const start = from.y + NODE.height / 2;
  const end = to.y + NODE.height / 2;
  if (!backwards && to.column > from.column) {
    const bend = (to.x - from.x - NODE.width) / 2;
    return start === end ? `H${to.x - 2}` : `C${from.x + NODE.width + bend} ${start} ${to.x - bend} ${end} ${to.x - 2} ${end}`;
  }
  const below = Math.max(bottomOf(from, drawn), backwards ? bottomOf(to, drawn) : 0);
  return `h9 V${below} H${to.x - 11} V${end} H${to.x - 2}`;
}

/** The free lane under the row of a machine. */
function bottomOf(spot: Corner, drawn: Drawn): number {
  const band = bandOf(spot.row, drawn);
  const lastRow = (band + 1) * drawn.rowsInBand - 1;
  return topLeft({ column: spot.column, row: Math.max(lastRow, spot.row) }, drawn).y + NODE.height + 12;
}

function bandOf(row: number, drawn: Drawn): number {
  return Math.floor(row / Math.max(1, drawn.rowsInBand));
}
