/**
 * Where the machines of a line stand on the drawing: material flows from left to right, a machine stands right of all
 * that feed it, joins and splits keep their branches apart. Pure; the same line gives the same drawing every time.
 *
 * Layered drawing after Sugiyama: set loops aside, assign columns, order the rows of each column to avoid crossings, then
 * place rows so that chains stay straight. Columns and rows are counted in machines, not in pixels.
 */
export interface Station {
  id: string;
  feeds: readonly string[];
}

export interface Place {
  id: string;
  column: number;
  row: number;
}

export interface Pipe {
  from: string;
  to: string;
  /** Every bend between the two machines, both included, as column and row. */
  way: readonly { column: number; row: number }[];
  /** Material that flows back, as in a rework loop. */
  backwards: boolean;
}

export interface Layout {
  places: readonly Place[];
  pipes: readonly Pipe[];
  columns: number;
  rows: number;
}

interface Edge {
  from: string;
  to: string;
  backwards: boolean;
}

const SWEEPS = 8;

export function layOut(stations: readonly Station[]): Layout {
  const all = loopsMarked(stations);
  // What flows back takes no part: it is led round the drawing afterwards, and bends nothing in it.
  const edges = all.filter((edge) => !edge.backwards);
  const columnOf = columnsOf(stations, edges);
  const chains = edges.map((edge) => chainOf(edge, columnOf));
  const columns = ordered(inColumns(stations, columnOf, chains), chains);
  const rowOf = placed(columns, chains);
  const highest = Math.min(0, ...rowOf.values());
  const at = (id: string) => ({ column: columnOf.get(id) ?? 0, row: (rowOf.get(id) ?? 0) - highest });
  const places = stations.map(({ id }) => ({ id, ...at(id) }));
  return {
    places,
    pipes: all.map((edge) => {
      const chain = chains[edges.indexOf(edge)] ?? [edge.from, edge.to];
      return { ...edge, way: chain.filter((id) => columnOf.has(id)).map(at) };
    }),
    columns: Math.max(0, ...places.map((place) => place.column + 1)),
    rows: Math.max(0, ...[...rowOf.values()].map((row) => row - highest + 1)),
  };
}

export interface Folded extends Layout {
  /** The first row of every band, and after them all the number of rows. */
  bandStarts: readonly number[];
}

/** Folds a long line into bands of at most `most` columns, one under the other, read like lines of text. */
export function folded(layout: Layout, most: number): Folded {
  const bands = Math.max(1, Math.ceil(layout.columns / Math.max(1, most)));
  const wide = Math.max(1, Math.ceil(layout.columns / bands));
  const spots = [...layout.places, ...layout.pipes.flatMap((pipe) => pipe.way)];
  const starts = [0];
  const tops: number[] = [];
  for (let band = 0; band < bands; band += 1) {
    const rows = spots.filter((spot) => Math.floor(spot.column / wide) === band).map((spot) => spot.row);
    const top = Math.min(...rows);
    tops.push(top);
    starts.push((starts[band] ?? 0) + Math.max(...rows) - top + 1);
  }
  const fold = <T extends { column: number; row: number }>(spot: T): T => {
    const band = Math.floor(spot.column / wide);
    return { ...spot, column: spot.column % wide, row: spot.row - (tops[band] ?? 0) + (starts[band] ?? 0) };
  };
  return {
    places: layout.places.map(fold),
    pipes: layout.pipes.map((pipe) => ({ ...pipe, way: pipe.way.map(fold) })),
    columns: Math.min(layout.columns, wide),
    rows: layout.columns ? (starts.at(-1) ?? 0) : 0,
    bandStarts: starts,
  };
}

/** The machines as material meets them: a branch as a whole, then what it joins. Each stands after all that feed it. */
export function inFlowOrder(stations: readonly Station[]): string[] {
  const forwards = loopsMarked(stations).filter((edge) => !edge.backwards);
  const before = grouped(forwards, (edge) => edge.to);
  const order = new Set<string>();
  const visit = (id: string) => {
    if (order.has(id)) return;
    for (const edge of before.get(id) ?? []) visit(edge.from);
    order.add(id);
  };
  for (const { id } of stations) visit(id);
  return [...order];
}

/** The edges between known machines, each once; those that close a loop are marked. */
function loopsMarked(stations: readonly Station[]): Edge[] {
  const feeds = new Map(stations.map((station) => [station.id, station.feeds]));
  const edges: Edge[] = [];
  const done = new Set<string>();
  const open = new Set<string>();
  const visit = (id: string) => {
    open.add(id);
    for (const next of new Set(feeds.get(id))) {
      if (!feeds.has(next) || next === id) continue;
      const backwards = open.has(next);
      edges.push({ from: id, to: next, backwards });
      if (!backwards && !done.has(next)) visit(next);
    }
    open.delete(id);
    done.add(id);
  };
  for (const { id } of startsFirst(stations)) if (!done.has(id)) visit(id);
  return edges;
}

/** Machines that nothing feeds come first: a loop is then broken where it returns, not where it begins. */
function startsFirst(stations: readonly Station[]): Station[] {
  const fed = new Set(stations.flatMap((station) => station.feeds));
  return [...stations.filter(({ id }) => !fed.has(id)), ...stations.filter(({ id }) => fed.has(id))];
}

/** As far left as those that feed it allow; a side branch is then moved right, up to where it joins. */
function columnsOf(stations: readonly Station[], edges: readonly Edge[]): Map<string, number> {
  const columnOf = new Map<string, number>();
  const before = grouped(edges, (edge) => edge.to);
  const after = grouped(edges, (edge) => edge.from);
  const depth = (id: string): number => {
    const known = columnOf.get(id);
    if (known !== undefined) return known;
    const deepest = Math.max(-1, ...(before.get(id) ?? []).map((edge) => depth(edge.from)));
    columnOf.set(id, deepest + 1);
    return deepest + 1;
  };
  for (const { id } of stations) depth(id);
  const fromTheEnd = stations.map(({ id }) => id).toSorted((one, other) => depth(other) - depth(one));
  for (const id of fromTheEnd) {
    const leaving = after.get(id) ?? [];
    if (leaving.length === 0 || leaving.length < (before.get(id)?.length ?? 0)) continue;
    columnOf.set(id, Math.min(...leaving.map((edge) => columnOf.get(edge.to) ?? 0)) - 1);
  }
  return columnOf;
}

/** The points of an edge, one per column: its machines, and a bend in every column between them. */
function chainOf(edge: Edge, columnOf: ReadonlyMap<string, number>): string[] {
  const first = columnOf.get(edge.from) ?? 0;
  const last = columnOf.get(edge.to) ?? 0;
  const bends = Array.from({ length: Math.max(0, last - first - 1) }, (_, index) => bendId(edge, first + 1 + index));
  return [edge.from, ...bends, edge.to];
}

function bendId(edge: Edge, column: number): string {
  return JSON.stringify([edge.from, edge.to, column]);
}

function inColumns(
  stations: readonly Station[],
  columnOf: Map<string, number>,
  chains: readonly (readonly string[])[],
): string[][] {
  for (const chain of chains) {
    const first = columnOf.get(chain[0] ?? "") ?? 0;
    chain.forEach((id, index) => columnOf.set(id, first + index));
  }
  const columns: string[][] = [];
  const bends = chains.flatMap((chain) => chain.slice(1, -1));
  for (const id of [...stations.map((station) => station.id), ...bends]) (columns[columnOf.get(id) ?? 0] ??= []).push(id);
  return Array.from(columns, (column) => column ?? []);
}

/** Orders every column by the middle of its neighbours, to and fro, and keeps the order with the fewest crossings. */
function ordered(columns: readonly (readonly string[])[], chains: readonly (readonly string[])[]): string[][] {
  const { before, after } = neighbours(chains);
  let best = columns.map((column) => [...column]);
  let present = best;
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    present = sweep % 2 === 0 ? swept(present, before, 1) : swept(present, after, -1);
    if (crossings(present, after) < crossings(best, after)) best = present;
  }
  return best;
}

type Neighbours = ReadonlyMap<string, readonly string[]>;

function swept(columns: readonly (readonly string[])[], beside: Neighbours, step: 1 | -1): string[][] {
  const next = columns.map((column) => [...column]);
  const indexes = step === 1 ? next.keys() : [...next.keys()].toReversed();
  for (const index of indexes) {
    const rank = rankOf(next[index - step] ?? []);
    const own = rankOf(next[index] ?? []);
    const middle = (id: string) => mean((beside.get(id) ?? []).map((other) => rank.get(other) ?? 0)) ?? own.get(id) ?? 0;
    next[index]?.sort((one, other) => middle(one) - middle(other) || (own.get(one) ?? 0) - (own.get(other) ?? 0));
  }
  return next;
}

function crossings(columns: readonly (readonly string[])[], after: Neighbours): number {
  let count = 0;
  columns.forEach((column, index) => {
    const rank = rankOf(columns[index + 1] ?? []);
    const ends = column.map((id) => (after.get(id) ?? []).map((other) => rank.get(other) ?? 0));
    ends.forEach((upper, above) => {
      for (const lower of ends.slice(above + 1)) for (const end of upper) count += lower.filter((other) => other < end).length;
    });
  });
  return count;
}

/** A row for everything: as near as may be to the middle of its neighbours, in the order found, at least one apart. */
function placed(columns: readonly (readonly string[])[], chains: readonly (readonly string[])[]): Map<string, number> {
  const { before, after } = neighbours(chains);
  const rowOf = new Map(columns.flatMap((column) => column.map((id, index) => [id, index] as const)));
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const beside = sweep % 2 === 0 ? before : after;
    for (const column of sweep % 2 === 0 ? columns : columns.toReversed()) {
      const wished = column.map((id) => mean((beside.get(id) ?? []).map((other) => rowOf.get(other) ?? 0)) ?? rowOf.get(id) ?? 0);
      apart(wished).forEach((row, index) => rowOf.set(column[index] ?? "", row));
    }
  }
  return rowOf;
}

/** The nearest rows to the wished ones that keep their order and stand at least one apart (least squares, pooling). */
export function apart(wished: readonly number[]): number[] {
  const pools: { sum: number; count: number }[] = [];
  wished.forEach((row, index) => {
    pools.push({ sum: row - index, count: 1 });
    for (let last = pools.at(-1), above = pools.at(-2); last && above && above.sum / above.count > last.sum / last.count; ) {
      pools.splice(-2, 2, { sum: above.sum + last.sum, count: above.count + last.count });
      last = pools.at(-1);
      above = pools.at(-2);
    }
  });
  return pools.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count)).map((row, index) => row + index);
}

function neighbours(chains: readonly (readonly string[])[]): { before: Map<string, string[]>; after: Map<string, string[]> } {
  const before = new Map<string, string[]>();
  const after = new Map<string, string[]>();
  for (const chain of chains) {
    chain.slice(1).forEach((to, index) => {
      const from = chain[index] ?? "";
      after.set(from, [...(after.get(from) ?? []), to]);
      before.set(to, [...(before.get(to) ?? []), from]);
    });
  }
  return { before, after };
}

function grouped(edges: readonly Edge[], key: (edge: Edge) => string): Map<string, Edge[]> {
  const groups = new Map<string, Edge[]>();
  for (const edge of edges) groups.set(key(edge), [...(groups.get(key(edge)) ?? []), edge]);
  return groups;
}

function rankOf(column: readonly string[]): Map<string, number> {
  return new Map(column.map((id, index) => [id, index]));
}

function mean(numbers: readonly number[]): number | undefined {
  return numbers.length ? numbers.reduce((sum, one) => sum + one, 0) / numbers.length : undefined;
}
