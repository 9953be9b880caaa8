/** The record that is typed and its rows, as formulas read them. */
import type { Field, Value as Shown, Row as ShownRow } from "@/api/types";
import type { Scope } from "@/expression/compile";
import type { Type } from "@/expression/tree";
import { read, UNKNOWN, type Value } from "@/expression/values";

/** What `/linked` said of a record: keys nested as they are dotted. */
export type Behind = { readonly [name: string]: unknown };

/** What formulas find around the record: what lies behind links, and what every record has. */
export interface Surroundings {
  /** What is known of a record behind a link; asks for it if nothing is. */
  behind(link: string, id: number): Behind | undefined;
  company(): Behind | undefined;
  /** What a record has without a field: its state, who made it. */
  head(name: string, type: Type): Value;
}

/** The record itself (`lines` is null) or one of its rows. */
export class TypedRow implements Scope {
  /** Values as formulas read them. */
  readonly cells = new Map<string, Value>();
  /** Fields of which only the server knows the value now. */
  readonly unknown = new Set<string>();
  /** What somebody typed, as they typed it. */
  readonly typed = new Map<string, Shown>();
  readonly inner = new Map<string, TypedRow[]>();
  /** What the server last said. */
  said: { readonly [name: string]: Shown } = {};
  /** The row as it was last typed. */
  given: { readonly [name: string]: Shown } | null = null;
  id: number | null = null;
  position = 0;
  /** As pages see it; made anew after each change. */
  shown: ShownRow | null = null;

  constructor(
    readonly lines: string | null,
    readonly key: string,
    readonly outer: TypedRow | null,
    private readonly around: Surroundings,
  ) {}

  /** Whether it is stored: its defaults were computed once and for all. */
  get isStored(): boolean {
    return this.id !== null;
  }

  value(key: string, type: Type): Value {
    const dot = key.indexOf(".");
    if (dot < 0) return this.own(key, type);
    const [first, rest] = [key.slice(0, dot), key.slice(dot + 1)];
    if (this.cells.has(first)) {
      const id = this.own(first, { kind: "link" });
      if (id === null) return null;
      if (rest === "id") return id;
      return found(this.around.behind(this.link(first), id as number), rest, type);
    }
    if (first === "old") return this.isStored ? read(this.said[rest], type.kind) : null;
    if (first === "parent" && this.outer) return this.outer.value(rest, type);
    if (first === "company") return found(this.around.company(), rest, type);
    const id = this.around.head(first, { kind: "link" });
    return id === null ? null : found(this.around.behind(this.link(first), id as number), rest, type);
  }

  rows(key: string): readonly Scope[] {
    const own = this.inner.get(key);
    if (own) return own;
    const dot = key.indexOf(".");
    if (dot < 0) return [];
    const [first, rest] = [key.slice(0, dot), key.slice(dot + 1)];
    if (first === "parent" && this.outer) return this.outer.rows(rest);
    if (first === "company") return rowsBehind(this.around.company(), rest);
    const id = this.own(first, { kind: "link" });
    return id === null ? [] : rowsBehind(this.around.behind(this.link(first), id as number), rest);
  }

  private own(name: string, type: Type): Value {
    if (this.unknown.has(name)) throw UNKNOWN;
    const value = this.cells.get(name);
    if (value !== undefined) return value;
    if (name === "id") return this.id;
    if (this.lines !== null) return name === "position" ? read(this.position, type.kind) : null;
    return this.around.head(name, type);
  }

  private link(name: string): string {
    return this.lines === null ? name : `${this.lines}.${name}`;
  }
}

/** A row behind a link. */
class BehindRow implements Scope {
  readonly outer = null;

  constructor(private readonly behind: Behind) {}

  value(key: string, type: Type): Value {
    return found(this.behind, key, type);
  }

  rows(key: string): readonly Scope[] {
    return rowsBehind(this.behind, key);
  }
}

/** Values read once: the same texts become the same numbers for a thousand rows. */
const READ = new WeakMap<Behind, Map<string, Value>>();
const ROWS = new WeakMap<object, readonly Scope[]>();

function found(behind: Behind | undefined, key: string, type: Type): Value {
  if (behind === undefined) throw UNKNOWN;
  let known = READ.get(behind);
  if (!known) {
    known = new Map();
    READ.set(behind, known);
  }
  let value = known.get(key);
  if (value === undefined) {
    value = read(walked(behind, key), type.kind);
    known.set(key, value);
  }
  return value;
}

function rowsBehind(behind: Behind | undefined, key: string): readonly Scope[] {
  const rows = walked(behind, key);
  if (!Array.isArray(rows)) return [];
  let scopes = ROWS.get(rows);
  if (!scopes) {
    scopes = rows.map((row: Behind) => new BehindRow(row));
    ROWS.set(rows, scopes);
  }
  return scopes;
}

/** What stands under a dotted key; behind a blank link everything is blank, and what was not told only the server knows. */
function walked(behind: Behind | undefined, key: string): unknown {
  let value: unknown = behind;
  for (const name of key.split(".")) {
    if (value === null) return null;
    if (value === undefined) throw UNKNOWN;
    value = (value as Behind)[name];
  }
  if (value === undefined) throw UNKNOWN;
  return value;
}

/** The fields of a row that are shown, in the order of the description. */
export function columnsOf(fields: readonly Field[], lines: string | null): readonly Field[] {
  if (lines === null) return fields.filter((field) => field.kind !== "lines");
  return fields.find((field) => field.name === lines)?.fields ?? [];
}
