/** The columns of a grid: fields of the lines first, then the figures that stand beside each row. Pure. */
import type { Beside, Field } from "@/api/types";
import { type Shape, shapeOf } from "@/fields/shape";
import { FIGURES } from "@/look/figures";
import type { CellState } from "./LinesGrid";
import type { GridRow } from "./rows";
import { scanColumns } from "./scanning";

export interface Column {
  key: string;
  label: string;
  shape: Shape;
  /** null: a figure beside the row, which nobody types. */
  field: Field | null;
  isFigure: boolean;
  /** In pixels. */
  width: number;
}

export type StateOf = (column: Field, row: GridRow) => CellState;

export const NARROWEST = 56;
export const WIDEST = 640;
const WIDTHS: Partial<Record<string, number>> = {
  link: 132,
  text: 160,
  long_text: 220,
  money: 108,
  price: 92,
  quantity: 88,
  number: 92,
  percent: 72,
  date: 116,
  month: 96,
  instant: 150,
  flag: 68,
  choice: 110,
};
/** Beside a quantity there is room for it in packs. */
const PACKS = 40;
const WIDE_SIGN = 15;
const SIGN = 8;

function usualWidth(shape: Shape, isWide: boolean): number {
  const label = [...shape.label].reduce((sum, sign) => sum + (sign > "\u2e7f" ? WIDE_SIGN : SIGN), 34);
  return Math.min(280, Math.max(WIDTHS[shape.kind] ?? 130, label, isWide ? 280 : 0));
}

/** The names of the columns that are to be seen in some row, as one text. */
export function seenIn(field: Field, rows: readonly GridRow[], stateOf: StateOf): string {
  // What follows from later documents says nothing of rows that nobody has stored.
  const isNew = !rows.some((row) => row.id !== undefined);
  return (field.fields ?? [])
    .filter(
      (one) =>
        one.kind !== "lines" &&
        !(one.meter && isNew) &&
        (rows.length === 0 || !one.visible || rows.some((row) => stateOf(one, row).visible)),
    )
    .map((one) => one.name)
    .join(" ");
}

/** The columns of these names and the figures beside them, with the widths that somebody gave them. */
export function columnsOf(
  field: Field,
  beside: readonly Beside[] | undefined,
  seen: string,
  widths: Readonly<Record<string, number>>,
): Column[] {
  const names = new Set(seen.split(" "));
  const all = (field.fields ?? []).filter((one) => names.has(one.name));
  // What the rows are about takes the room; more words about it stand there, too.
  const subject = scanColumns(all)?.link ?? all[0];
  const own = all.map((one) => {
    const shape = shapeOf(one);
    const isFigure = FIGURES.has(one.kind);
    const width = widths[one.name] ?? usualWidth(shape, one === subject) + (one.packs ? PACKS : 0);
    return { key: one.name, label: one.label, shape, field: one, isFigure, width };
  });
  const figures = (beside ?? [])
    .filter((one) => one.lines === field.name)
    .map((one) => {
      const shape: Shape = { kind: one.kind, label: one.label };
      const key = besideKey(one.name);
      const width = widths[key] ?? usualWidth(shape, false);
      return { key, label: one.label, shape, field: null, isFigure: FIGURES.has(one.kind), width };
    });
  return [...own, ...figures];
}

/** Figures beside a row may be called as one of its fields is. */
export function besideKey(name: string): string {
  return `beside ${name}`;
}

/** Whether sums of the column say something: amounts and quantities add up, prices and shares do not. */
export function isSummed(column: Column): boolean {
  return column.field !== null && (column.shape.kind === "money" || column.shape.kind === "quantity");
}

/** A row's states as one text, so that equal ones are known as such: hidden, read, typed, typed and required. */
export function statesOf(columns: readonly Column[], row: GridRow, stateOf: StateOf, readOnly: boolean): string {
  let states = "";
  for (const { field } of columns) {
    if (!field) states += "r";
    else {
      const state = stateOf(field, row);
      states += !state.visible ? "h" : readOnly || !state.editable ? "r" : state.required ? "q" : "e";
    }
  }
  return states;
}
