/** What was done to rows, to be undone and done again. Only what somebody typed is taken back: the rest follows. Pure. */
import type { Value } from "@/api/types";
import type { GridRow } from "./rows";

/** One cell, told by its row's key. A value of undefined takes back what was typed: the default holds again. */
export interface CellChange {
  key: string;
  column: string;
  before: Value;
  after: Value;
}

/** Rows at the places they have once they are all there, in the order of their places. */
export interface PlacedRow {
  at: number;
  row: GridRow;
}

export type Change =
  | { kind: "cells"; cells: readonly CellChange[] }
  | { kind: "added"; rows: readonly PlacedRow[] }
  | { kind: "removed"; rows: readonly PlacedRow[] };

/** The rows after a change. Rows that it does not touch stay the same objects. */
export function applied(rows: readonly GridRow[], change: Change): GridRow[] {
  if (change.kind === "cells") {
    const byKey = new Map<string, CellChange[]>();
    for (const cell of change.cells) {
      const own = byKey.get(cell.key);
      if (own) own.push(cell);
      else byKey.set(cell.key, [cell]);
    }
    return rows.map((row) => {
      const cells = byKey.get(row.key);
      if (!cells) return row;
      return { ...row, ...Object.fromEntries(cells.map(({ column, after }) => [column, after])) } as GridRow;
    });
  }
  if (change.kind === "removed") {
    const gone = new Set(change.rows.map(({ row }) => row.key));
    return rows.filter((row) => !gone.has(row.key));
  }
  const next = [...rows];
  for (const { at, row } of change.rows) next.splice(at, 0, row);
  return next;
}

export function inverse(change: Change): Change {
  if (change.kind === "cells") {
    return { kind: "cells", cells: change.cells.map((one) => ({ ...one, before: one.after, after: one.before })) };
  }
  return { kind: change.kind === "added" ? "removed" : "added", rows: change.rows };
}

const touches = (change: Change, key: string): boolean =>
  change.kind === "cells"
    ? change.cells.some((one) => one.key === key)
    : change.rows.some((one) => one.row.key === key);

/** The change with one more cell of a row that it touches, or with another value in it. */
function amended(change: Change, cell: CellChange): Change {
  if (!touches(change, cell.key) || change.kind === "removed") return change;
  if (change.kind === "added") {
    const rows = change.rows.map((one) =>
      one.row.key === cell.key ? { ...one, row: { ...one.row, [cell.column]: cell.after } as GridRow } : one,
    );
    return { kind: "added", rows };
  }
  const own = change.cells.find((one) => one.key === cell.key && one.column === cell.column);
  const others = change.cells.filter((one) => one !== own);
  return { kind: "cells", cells: [...others, { ...cell, before: own ? own.before : cell.before }] };
}

const MOST = 200;

/** What was done, latest last. One act may be several changes. */
export class History {
  private readonly done: Change[][] = [];
  private undone: Change[][] = [];

  add(act: readonly Change[]): void {
    if (act.length === 0) return;
    this.done.push([...act]);
    if (this.done.length > MOST) this.done.shift();
    this.undone = [];
  }

  /** Cells say something else than what the last act that touched their row put there. */
  amend(cells: readonly CellChange[]): void {
    for (const cell of cells) {
      const at = this.done.findLastIndex((act) => act.some((change) => touches(change, cell.key)));
      const act = this.done[at];
      if (act) this.done[at] = act.map((change) => amended(change, cell));
    }
  }

  /** The rows without the last act; null if there is none. */
  undo(rows: readonly GridRow[]): { rows: GridRow[]; act: readonly Change[] } | null {
    const act = this.done.pop();
    if (!act) return null;
    const back = act.toReversed().map(inverse);
    this.undone.push(act);
    return { rows: back.reduce<GridRow[]>(applied, [...rows]), act: back };
  }

  redo(rows: readonly GridRow[]): { rows: GridRow[]; act: readonly Change[] } | null {
    const act = this.undone.pop();
    if (!act) return null;
    this.done.push(act);
    return { rows: act.reduce<GridRow[]>(applied, [...rows]), act };
  }
}
