/** Everything that can be done to rows, whatever they look like: typed, added, taken away, undone; always on the newest rows. */
import { useRef } from "react";
import type { Field, Value } from "@/api/types";
import { isBlank } from "@/fields/shape";
import { applied, type CellChange, type Change, History } from "./history";
import type { LinesGridProps } from "./LinesGrid";
import { type GridRow, newRowKey } from "./rows";

type Given = Pick<LinesGridProps, "rows" | "onChange" | "readOnly" | "rowsStay" | "isTyped" | "field" | "stateOf">;

export class Lines {
  readonly history = new History();
  private readonly touched = new Set<string>();
  private spareKey = newRowKey();
  private given: Given;
  /** The rows as they are now, also between two drawings of the page. */
  now: GridRow[];

  constructor(given: Given) {
    this.given = given;
    this.now = given.rows;
  }

  /** What the page gives with each drawing. */
  take(given: Given): void {
    this.given = given;
    this.now = given.rows;
  }

  /** The empty row at the end: it becomes one of the rows with the first thing that is typed into it. */
  get spare(): GridRow {
    if (this.now.some((row) => row.key === this.spareKey)) this.spareKey = newRowKey();
    return { key: this.spareKey } as GridRow;
  }

  /** Whether rows may come and go. */
  get mayAdd(): boolean {
    return !this.given.readOnly && !this.given.rowsStay;
  }

  /** The rows as they are shown: with the empty one where rows may be added. */
  get shown(): GridRow[] {
    return this.mayAdd ? [...this.now, this.spare] : this.now;
  }

  private get columns(): readonly Field[] {
    return this.given.field.fields ?? [];
  }

  mayType = (column: string, row: GridRow): boolean => {
    const field = this.columns.find((one) => one.name === column);
    if (!field || this.given.readOnly) return false;
    const state = this.given.stateOf(field, row);
    return state.visible && state.editable;
  };

  /** What a cell goes back to: the value somebody typed, or undefined where it follows its default. */
  before = (row: GridRow, column: string): Value => {
    const isTyped = this.given.isTyped?.(row, column) ?? (this.touched.has(`${row.key} ${column}`) || Boolean(row.id));
    return isTyped ? (row[column] ?? null) : undefined;
  };

  /** A row that nobody has filled in. */
  isEmpty(row: GridRow): boolean {
    return this.columns.every((one) => !one.typed || isBlank(this.before(row, one.name)));
  }

  private emit(rows: GridRow[]): void {
    this.now = rows;
    this.given.onChange(rows);
  }

  private touch(change: Change): void {
    if (change.kind !== "cells") return;
    for (const { key, column, after } of change.cells) {
      if (after === undefined) this.touched.delete(`${key} ${column}`);
      else this.touched.add(`${key} ${column}`);
    }
  }

  /** Do it, and remember how to take it back. */
  act(wanted: readonly Change[]): void {
    const changes = this.mayAdd ? wanted : wanted.filter((one) => one.kind === "cells");
    if (changes.length === 0) return;
    for (const change of changes) this.touch(change);
    this.history.add(changes);
    this.emit(changes.reduce<GridRow[]>(applied, [...this.now]));
  }

  /** A cell while it is typed: nothing to take back before it is finished. */
  live(key: string, column: string, value: Value): void {
    this.touch({ kind: "cells", cells: [{ key, column, before: undefined, after: value }] });
    const isThere = this.now.some((row) => row.key === key);
    if (isThere)
      this.emit(applied(this.now, { kind: "cells", cells: [{ key, column, before: undefined, after: value }] }));
    else this.emit([...this.now, { key, [column]: value } as GridRow]);
  }

  /** The row is not wanted after all: nothing but this cell was typed into it. */
  drop(key: string): void {
    this.emit(this.now.filter((row) => row.key !== key));
  }

  /** One cell, at once. */
  set(row: GridRow, column: string, value: Value): void {
    this.act(this.setting(row, [[column, value]]));
  }

  private setting(row: GridRow, values: readonly (readonly [string, Value])[]): Change[] {
    if (!this.now.some((one) => one.key === row.key)) {
      const made = { key: row.key, ...Object.fromEntries(values) } as GridRow;
      return [{ kind: "added", rows: [{ at: this.now.length, row: made }] }];
    }
    const cells = values.map(([column, after]) => ({ key: row.key, column, before: this.before(row, column), after }));
    return [{ kind: "cells", cells }];
  }

  insert(at: number): void {
    this.act([{ kind: "added", rows: [{ at: Math.min(at, this.now.length), row: { key: newRowKey() } as GridRow }] }]);
  }

  /** Rows from one place to another, both with them. */
  remove(from: number, to: number): void {
    const rows = this.now.slice(from, to + 1).map((row, place) => ({ at: from + place, row: this.typedOnly(row) }));
    if (rows.length > 0) this.act([{ kind: "removed", rows }]);
  }

  /** What somebody typed of a row: all that is needed to have it back. */
  private typedOnly(row: GridRow): GridRow {
    const cells = this.columns
      .map((one) => [one.name, this.before(row, one.name)] as const)
      .filter(([, value]) => value !== undefined);
    return { key: row.key, ...(row.id ? { id: row.id } : {}), ...Object.fromEntries(cells) } as GridRow;
  }

  /** Several cells at once; cells that may not be typed stay. The empty row at the end takes part, too. */
  fill(cells: readonly { row: GridRow; column: string; value: Value }[]): void {
    const byRow = new Map<string, { row: GridRow; values: [string, Value][] }>();
    for (const { row, column, value } of cells) {
      if (!this.mayType(column, row)) continue;
      const own = byRow.get(row.key) ?? { row, values: [] };
      own.values.push([column, value]);
      byRow.set(row.key, own);
    }
    this.act([...byRow.values()].flatMap(({ row, values }) => this.setting(row, values)));
  }

  /** Take back, or do again; the cells or rows that changed, so that the eye is led there. */
  undo(): Change | null {
    return this.walk(this.history.undo(this.now));
  }

  redo(): Change | null {
    return this.walk(this.history.redo(this.now));
  }

  private walk(done: ReturnType<History["undo"]>): Change | null {
    if (!done) return null;
    for (const change of done.act) this.touch(change);
    this.emit(done.rows);
    return done.act[0] ?? null;
  }

  /** Cells that could not be read when they came: part of what put them there, to be undone with it. */
  reread(cells: readonly CellChange[]): void {
    const change: Change = { kind: "cells", cells };
    this.touch(change);
    this.history.amend(cells);
    this.emit(applied(this.now, change));
  }

  /** A cell that was typed is finished, with those that it brought along. */
  finished(cells: readonly CellChange[], isNewRow: boolean): void {
    const [cell] = cells;
    if (!cell) return;
    if (isNewRow) {
      const at = this.now.findIndex((row) => row.key === cell.key);
      const row = { key: cell.key, ...Object.fromEntries(cells.map((one) => [one.column, one.after])) } as GridRow;
      if (at >= 0) this.history.add([{ kind: "added", rows: [{ at, row }] }]);
    } else this.history.add([{ kind: "cells", cells: [...cells] }]);
  }
}

export function useLines(given: Given): Lines {
  const kept = useRef<Lines>(undefined);
  kept.current ??= new Lines(given);
  const lines = kept.current;
  lines.take(given);
  return lines;
}
