/** What is typed over what is computed: laid together for the eye, taken apart for the wire. Pure. */
import type { Field, Form, Row, Value, Values } from "@/api/types";
import { isLinked, isRows } from "@/fields/shape";
import { type GridRow, keyOf } from "@/lines/rows";

/** What somebody typed: fields by name; rows of lines with their keys and nothing but the cells that were touched. */
export type Typed = Record<string, Value | GridRow[]>;

/** Two values that say the same: links by what they point at, figures by their digits, lists in their order. */
export function same(one: Value, other: Value): boolean {
  if (one === other) return true;
  if (isNothing(one) && isNothing(other)) return true;
  if (isLinked(one) && isLinked(other)) return one.id === other.id;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((value, place) => same(value as Value, other[place] as Value));
  }
  return false;
}

function isNothing(value: Value): boolean {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

/** The rows of a field, each under its key; rows that have one stay the same objects. */
export function rowsOf(values: Values, lines: string): GridRow[] {
  const rows = values[lines];
  if (!isRows(rows)) return [];
  return rows.map((row, place) => ("key" in row ? (row as GridRow) : { ...row, key: keyOf(row, place) }));
}

function isKeyed(value: Typed[string]): value is GridRow[] {
  return Array.isArray(value) && value.every((row) => typeof row === "object" && "key" in row);
}

/** Rows after a change of the grid, with nothing but touched cells: those of before, and what differs from what was shown. */
export function touchedRows(field: Field, before: GridRow[], given: Typed[string], after: GridRow[]): GridRow[] {
  const shown = new Map(before.map((row) => [row.key, row]));
  const typed = new Map((isKeyed(given) ? given : []).map((row) => [row.key, row]));
  const columns = (field.fields ?? []).filter((one) => one.typed);
  return after.map((row) => {
    const was = shown.get(row.key);
    const known = typed.get(row.key);
    if (was === row && known) return known;
    const touched: Record<string, Value> = { ...known };
    for (const { name } of columns) {
      const value = row[name];
      if (was ? !same(value, was[name]) : value !== undefined) touched[name] = value;
    }
    return { ...touched, key: row.key, ...(row.id ? { id: row.id } : {}) } as GridRow;
  });
}

/** As the server takes it: links by id, rows by id with the cells that were touched. */
export function payload(form: Form, typed: Typed): Record<string, unknown> {
  const sent: Record<string, unknown> = {};
  for (const field of form.fields) {
    const value = typed[field.name];
    if (value === undefined) continue;
    if (field.kind !== "lines") {
      if (field.typed) sent[field.name] = wire(value as Value);
    } else if (isKeyed(value)) sent[field.name] = value.map((row) => rowPayload(field, row));
  }
  return sent;
}

function rowPayload(field: Field, row: GridRow): Record<string, unknown> {
  const sent: Record<string, unknown> = row.id ? { id: row.id } : {};
  for (const column of field.fields ?? []) {
    const value = row[column.name];
    if (column.typed && value !== undefined) sent[column.name] = wire(value);
  }
  return sent;
}

function wire(value: Value): unknown {
  return isLinked(value) ? value.id : value;
}

/** Values that the server drafted, with the keys of the rows that were asked about; drafted rows come in that order. */
export function keyed(form: Form, drafted: Values, asked: Typed): Values {
  const result: Values = { ...drafted };
  for (const field of form.fields) {
    const given = asked[field.name];
    const rows = drafted[field.name];
    if (field.kind !== "lines" || !isRows(rows) || !isKeyed(given)) continue;
    result[field.name] = rows.map((row, place) => ({ ...row, key: given[place]?.key ?? keyOf(row, place) }) as Row);
  }
  return result;
}

/** Everything that a user may give, out of whole values: what a copy begins with. */
export function everythingTyped(form: Form, values: Values): Typed {
  const typed: Typed = {};
  for (const field of form.fields) {
    const value = values[field.name];
    if (field.kind === "lines") {
      if (isRows(value)) typed[field.name] = value.map((row, place) => onlyTyped(field, row, place));
    } else if (field.typed && !field.read_only && !isNothing(value)) typed[field.name] = value;
  }
  return typed;
}

function onlyTyped(field: Field, row: Row, place: number): GridRow {
  const kept: Record<string, Value> = {};
  for (const column of field.fields ?? []) {
    if (column.typed && !column.read_only && row[column.name] !== undefined) kept[column.name] = row[column.name];
  }
  return { ...kept, key: `copy-${place}` } as GridRow;
}

/** Whether something was typed that differs from what stands there. */
export function isChanged(computed: Values, typed: Typed): boolean {
  return Object.entries(typed).some(([name, value]) => isKeyed(value) || !same(value as Value, computed[name]));
}
