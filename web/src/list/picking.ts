/** The rows of a list that somebody has chosen to do something with. */
import { useEffect, useRef, useState } from "react";
import type { ListRow } from "@/api/types";
import type { Chosen } from "./bulk";
import type { Rows } from "./usePages";

/** More than anybody looks through before doing one thing to all of them. */
const MOST = 500;

export interface Picked {
  has: (id: number) => boolean;
  size: number;
  toggle: (row: ListRow, index: number, upTo: boolean) => void;
  /** Choose all rows that are at hand, or none. */
  all: (on: boolean) => void;
}

export function chosenOf(row: ListRow, titleOf: (row: ListRow) => string): Chosen {
  return {
    id: row.id,
    title: titleOf(row),
    state: typeof row.state === "string" ? row.state : null,
    version: typeof row.version === "number" ? row.version : undefined,
  };
}

/** `asking`: which rows the list shows; other rows, no choice among them. */
export function usePicking(rows: Rows, asking: string, titleOf: (row: ListRow) => string) {
  const [chosen, setChosen] = useState<Map<number, Chosen>>(new Map());
  const latest = useRef<number | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows, no choice among them
  useEffect(() => setChosen(new Map()), [asking]);

  const picked: Picked = {
    has: (id) => chosen.has(id),
    size: chosen.size,
    toggle: (row, index, upTo) => {
      const next = new Map(chosen);
      const from = upTo && latest.current !== null ? latest.current : index;
      const isOn = !chosen.has(row.id);
      const [first, last] = [Math.min(from, index), Math.max(from, index)];
      for (const { index: at, row: one } of rows.loaded) {
        if (at < first || at > last) continue;
        if (!isOn) next.delete(one.id);
        else if (next.size < MOST) next.set(one.id, chosenOf(one, titleOf));
      }
      latest.current = index;
      setChosen(next);
    },
    all: (isOn) =>
      setChosen(new Map(isOn ? rows.loaded.slice(0, MOST).map(({ row }) => [row.id, chosenOf(row, titleOf)]) : [])),
  };
  // What changed meanwhile is as it is now.
  const now = new Map(rows.loaded.map(({ row }) => [row.id, row]));
  const live = [...chosen.values()].map((one) => {
    const row = now.get(one.id);
    return row ? chosenOf(row, titleOf) : one;
  });
  return { picked, live, clear: () => setChosen(new Map()) };
}
