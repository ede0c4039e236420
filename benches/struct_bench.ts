/** Structs in memory: their fields by name, by a `DataView`, and in C. */

import type { Bench, Goal, Row, Table } from "./harness/bench.ts";
import { operationMetrics } from "./harness/metric.ts";

const named = "by name";
const amongOthers = "by name, with 30 other structs in use";

function ours(name: string, way: string, others = false): Row {
  return {
    name,
    program: "struct_access.ts",
    options: { way, ...others && { others: "yes" } },
  };
}

/** One operation: in C, raw, and by name. */
function table(
  title: string,
  way: string,
  raw: Record<string, string>,
  { npm = false, more = [] }: { npm?: boolean; more?: Row[] } = {},
): Table {
  const [baseline] = Object.keys(raw);
  const beside = (row: Row): Row => ({ ...row, baseline: baseline! });
  const goal: Goal = { row: named, than: baseline!, atMost: 2 };
  return {
    title,
    metrics: operationMetrics,
    placements: ["none"],
    rows: [
      ...Object.entries(raw).map(([name, way]) => ours(name, way)),
      beside(ours(named, way)),
      beside(ours(amongOthers, way, true)),
      ...more.map(beside),
      beside({
        name: "C, volatile",
        program: "struct_access.c",
        options: { way },
      }),
      ...npm
        ? [beside({
          name: "buffer-backed-object, in Node",
          program: "struct_access.mjs",
          options: { way },
          modules: ["buffer-backed-object"],
        })]
        : [],
    ],
    goals: [goal, { ...goal, row: amongOthers }],
  };
}

/** Structs. */
export const bench: Bench = {
  title: "fields of structs in memory",
  tables: [
    table(
      "A whole number written, read and added to a float, of one struct",
      "fields",
      { DataView: "fields_data_view", "typed arrays": "fields_typed_arrays" },
      { npm: true },
    ),
    table(
      "The same, of 64 structs in an array in turn",
      "array",
      { DataView: "array_data_view" },
      { npm: true },
    ),
    table(
      "A float read and another one written, of a struct in the struct",
      "nested",
      {
        DataView: "nested_data_view",
        "typed array, held": "nested_typed_array",
      },
      { npm: true, more: [ours("by name, struct held", "nested_held")] },
    ),
    table(
      "An element of an array in the struct written",
      "values",
      {
        DataView: "values_data_view",
        "typed array, held": "values_typed_array",
      },
    ),
    table(
      "An atomic addition",
      "atomic",
      { "Atomics.add": "atomic_raw" },
    ),
    {
      title: "A view made, and a field read",
      metrics: operationMetrics,
      placements: ["none"],
      rows: [
        ours("DataView", "view_data_view"),
        { ...ours(named, "view"), baseline: "DataView" },
      ],
    },
    {
      title: "A string written and read",
      metrics: operationMetrics,
      placements: ["none"],
      rows: [ours(named, "name")],
    },
  ],
};
