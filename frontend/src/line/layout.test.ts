import { expect, test } from "vitest";
import { line } from "../../dev/samples";
import { apart, folded, inFlowOrder, layOut, type Layout, type Station } from "./layout";

const NOW = Date.parse("2026-03-02T08:00:00Z");

function chain(length: number): Station[] {
  return Array.from({ length }, (_, index) => ({ id: `m${index}`, feeds: index + 1 < length ? [`m${index + 1}`] : [] }));
}

function at(layout: Layout, id: string) {
  const place = layout.places.find((one) => one.id === id);
  if (!place) throw new Error(`${id} has no place`);
  return place;
}

/** What every drawing must keep, whatever the line. */
function expectReadable(stations: readonly Station[], layout: Layout) {
  expect(layout.places).toHaveLength(stations.length);
  for (const one of layout.places) {
    for (const other of layout.places) {
      if (one.id < other.id && one.column === other.column) expect(Math.abs(one.row - other.row)).toBeGreaterThan(0.999);
    }
  }
  for (const pipe of layout.pipes.filter((one) => !one.backwards)) {
    expect(at(layout, pipe.from).column).toBeLessThan(at(layout, pipe.to).column);
  }
  for (const pipe of layout.pipes) {
    expect(pipe.way[0]).toMatchObject({ column: at(layout, pipe.from).column, row: at(layout, pipe.from).row });
    expect(pipe.way.at(-1)).toMatchObject({ column: at(layout, pipe.to).column, row: at(layout, pipe.to).row });
  }
}

test("a chain is one straight row", () => {
  const layout = layOut(chain(7));

  expect(layout).toMatchObject({ columns: 7, rows: 1 });
  expect(layout.places.map((place) => place.row)).toEqual(Array(7).fill(0));
});

test("the demo line joins at the Vertical Conveyor, its box branch right before the join", () => {
  const machines = line(NOW).machines.filter((machine) => machine.declared);

  const layout = layOut(machines);

  expectReadable(machines, layout);
  expect(layout).toMatchObject({ columns: 7, rows: 2 });
  expect(at(layout, "Conveyor Right Turn").column).toBe(at(layout, "Vertical Conveyor").column - 1);
  expect(at(layout, "Box Erector").column).toBe(0);
});

test("a split keeps its branches apart and a short branch goes round a long one", () => {
  const stations = [
    { id: "a", feeds: ["b", "e"] },
    { id: "b", feeds: ["c"] },
    { id: "c", feeds: ["d"] },
    { id: "d", feeds: ["e"] },
    { id: "e", feeds: [] },
  ];

  const layout = layOut(stations);

  expectReadable(stations, layout);
  const detour = layout.pipes.find((pipe) => pipe.from === "a" && pipe.to === "e");
  expect(detour?.way).toHaveLength(5);
  expect(detour?.way[2]?.row).not.toBe(at(layout, "c").row);
});

test("a rework loop is drawn as one that flows back", () => {
  const stations = [
    { id: "a", feeds: ["b"] },
    { id: "b", feeds: ["c"] },
    { id: "c", feeds: ["a", "d"] },
    { id: "d", feeds: [] },
  ];

  const layout = layOut(stations);

  expectReadable(stations, layout);
  expect(layout.pipes.filter((pipe) => pipe.backwards)).toMatchObject([{ from: "c", to: "a" }]);
  expect(layout.rows).toBe(1);
});

test("parallel branches do not cross when they need not", () => {
  const stations = [
    { id: "a1", feeds: ["b1"] },
    { id: "a2", feeds: ["b2"] },
    { id: "b2", feeds: ["end"] },
    { id: "b1", feeds: ["end"] },
    { id: "end", feeds: [] },
  ];

  const layout = layOut(stations);

  expect(at(layout, "a1").row < at(layout, "a2").row).toBe(at(layout, "b1").row < at(layout, "b2").row);
});

test("a machine alone, one that feeds itself, one that feeds an unknown one, and none at all", () => {
  expect(layOut([{ id: "a", feeds: ["a", "nowhere"] }])).toMatchObject({ columns: 1, rows: 1, pipes: [] });
  expect(layOut([])).toEqual({ places: [], pipes: [], columns: 0, rows: 0 });
});

test("any line up to thirty machines is readable, and the same every time", () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const stations = arbitraryLine(seed);
    const layout = layOut(stations);

    expectReadable(stations, layout);
    expect(layOut(stations)).toEqual(layout);
  }
});

test("a long line folds into bands that read like text", () => {
  const layout = folded(layOut(chain(30)), 8);

  expect(layout).toMatchObject({ columns: 8, rows: 4, bandStarts: [0, 1, 2, 3, 4] });
  expect(new Set(layout.places.map((place) => `${place.column},${place.row}`)).size).toBe(30);
  expect(at(layout, "m8")).toMatchObject({ column: 0, row: 1 });
});

test("a band of a folded line takes only the rows that it needs", () => {
  const layout = folded(layOut(line(NOW).machines.filter((machine) => machine.declared)), 4);

  expect(layout.bandStarts).toEqual([0, 2, 3]);
  expect(at(layout, "Box Sealer").row).toBe(2);
});

test("the order of the flow tells a branch as a whole before what it joins", () => {
  const order = inFlowOrder(line(NOW).machines);

  const join = order.indexOf("Vertical Conveyor");
  expect(order.slice(join - 6, join)).toEqual([
    "Cookie Former",
    "Freezer Tunnel",
    "Cookie Inspector",
    "Box Erector",
    "Liner Inserter",
    "Conveyor Right Turn",
  ]);
});

test("rows that want the same place share the distance", () => {
  expect(apart([1, 1])).toEqual([0.5, 1.5]);
  expect(apart([0, 5])).toEqual([0, 5]);
});

/** Mostly forward edges, now and then one back; a fixed generator, so that a failure can be looked at again. */
function arbitraryLine(seed: number): Station[] {
  let state = seed * 2_654_435_761;
  const next = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const size = 1 + next(30);
  return Array.from({ length: size }, (_, index) => {
    const feeds = Array.from({ length: 1 + next(2) }, () => `m${Math.min(size - 1, index + 1 + next(4))}`);
    if (next(12) === 0) feeds.push(`m${next(size)}`);
    return { id: `m${index}`, feeds: index === size - 1 ? [] : [...new Set(feeds)] };
  });
}
