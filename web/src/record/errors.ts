/** Refusals at their places: which field and which cell each cause concerns, until what it complained of is changed. Pure. */
import type { Cause } from "@/api/client";
import type { Form, Value, Values } from "@/api/types";
import { isRows } from "@/fields/shape";
import type { CellError, GridRow } from "@/lines/rows";
import { same } from "./values";

interface Placed {
  field: string;
  row: string | null;
  column: string | null;
  text: string;
  /** What stood there when it was refused. */
  value: Value;
}

type Said = Pick<Cause, "field" | "row" | "text">;

/** Causes with the keys of the rows they concern and what stands there now. */
export function placed(form: Form, causes: readonly Said[], shown: Values): Placed[] {
  return causes.flatMap((cause) => {
    if (cause.field === null) return [];
    const [field = "", column = null] = cause.field.split(".");
    if (!form.fields.some((one) => one.name === field)) return [];
    const rows = shown[field];
    const row = cause.row !== null && isRows(rows) ? (rows[cause.row - 1] as GridRow | undefined) : undefined;
    const value = row && column ? row[column] : row ? null : shown[field];
    return [{ field, row: row?.key ?? null, column, text: cause.text, value }];
  });
}

/** Those that still stand: nobody has changed what they complain of. */
export function standing(errors: readonly Placed[], shown: Values): Placed[] {
  return errors.filter((one) => {
    if (one.row === null) return same(shown[one.field], one.value);
    const row = rowOf(shown, one);
    return row !== undefined && (one.column === null || same(row[one.column], one.value));
  });
}

export function errorOf(errors: readonly Placed[], field: string): string | undefined {
  const own = errors.filter((one) => one.field === field && one.row === null);
  return own.length > 0 ? own.map((one) => one.text).join(" ") : undefined;
}

export function cellErrors(errors: readonly Placed[], field: string, shown: Values): CellError[] {
  const rows = shown[field];
  if (!isRows(rows)) return [];
  return errors.flatMap((one) => {
    if (one.field !== field || one.row === null) return [];
    const row = rows.findIndex((row) => (row as GridRow).key === one.row);
    return row < 0 ? [] : [{ row, column: one.column, text: one.text }];
  });
}

function rowOf(shown: Values, { field, row }: Placed): GridRow | undefined {
  const rows = shown[field];
  return isRows(rows) ? (rows as GridRow[]).find((one) => one.key === row) : undefined;
}

/** The words of what must be fixed, for the causes that have no place on the page. */
export function homeless(form: Form, causes: readonly Cause[]): Cause[] {
  return causes.filter(
    (one) => one.field === null || !form.fields.some((field) => field.name === one.field?.split(".")[0]),
  );
}
