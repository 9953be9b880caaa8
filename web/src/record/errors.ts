/** Refusals at their places: which field and which cell each cause concerns, until what it complained of is changed. Pure. */
import { type Cause, Problem } from "@/api/client";
import type { Form, Value, Values } from "@/api/types";
import { isRows } from "@/fields/shape";
import type { CellError, GridRow } from "@/lines/rows";
import { rowsOf, same, type Typed } from "./values";

export interface Placed {
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

/** Whether somebody typed where a problem is: nobody is told of fields that they have not reached yet. */
export function isTouchedPlace(problem: Pick<Cause, "field" | "row">, typed: Typed, shown: Values): boolean {
  const [name = "", column] = (problem.field ?? "").split(".");
  const given = typed[name];
  if (problem.row === null || !column) return given !== undefined && !Array.isArray(given);
  const key = rowsOf(shown, name)[problem.row - 1]?.key;
  const row = Array.isArray(given) ? (given as GridRow[]).find((one) => one.key === key) : undefined;
  return row?.[column] !== undefined;
}

/** The refusal with those causes that no field on the page shows; null if every cause has its place. */
export function withoutPlace(problem: Problem, causes: readonly Placed[]): Problem | null {
  if (problem.body.problems.length === 0) return problem;
  const rest = problem.body.problems.filter((one) => !causes.some((own) => own.text === one.text));
  return rest.length > 0 ? new Problem({ ...problem.body, problems: rest }) : null;
}
