/** A record computed while it is typed: only what depends on what changed, in the order of its plan. */
import type {
  Field,
  Form,
  Linked,
  Pack,
  PackPlaces,
  Packs,
  Value as Shown,
  Row as ShownRow,
  Values,
} from "@/api/types";
import { type Compiled, evaluate } from "@/expression/compile";
import type { Context } from "@/expression/functions";
import type { Type } from "@/expression/tree";
import { equal, isBlank, read, UNKNOWN, type Value } from "@/expression/values";
import { initial, settled, shownAs, valueIn } from "./kinds";
import { type Conditions, keyOfPlace, Plan, ROWS } from "./plan";
import { type Behind, columnsOf, type Surroundings, TypedRow } from "./rows";

/** The answer of `/linked`: by link, by id; `company` is one record. */
export interface LinkedAnswer {
  [link: string]: { [id: string]: unknown };
}

/** Rows as pages keep them: `key` tells them apart before they have an id. */
export type KeyedRow = ShownRow & { key?: string };
/** What somebody typed: fields by name, rows of lines with nothing but the cells that were touched. */
export type Typed = Readonly<Record<string, Shown | readonly KeyedRow[]>>;

/** What the server said of the record when the page was opened. */
export interface Said {
  values: Values;
  /** Stored records keep their defaults; those of new ones follow what is typed. */
  isNew: boolean;
  id?: number | null;
  state?: string | null;
  number?: string | null;
  stamps?: { created_at?: string; created_by?: Linked | null; updated_at?: string; updated_by?: Linked | null };
}

export interface FieldState {
  visible: boolean;
  required: boolean;
  editable: boolean;
}

export interface Problem {
  code: "form.required" | "form.must" | "form.too_few_rows";
  /** `lines.quantity` */
  field: string;
  /** The place of the row, from 1. */
  row: number | null;
  /** The words of the declaration, where it has some. */
  text: string | null;
}

/** What is told of packs behind a link, read once. */
const PACKS = new WeakMap<Behind, Packs | null>();

function packsIn(told: Behind, places: PackPlaces): Packs | null {
  let packs = PACKS.get(told);
  if (packs === undefined) {
    const rows = told[places.lines];
    const base = told[places.base];
    const found = (Array.isArray(rows) ? rows : []).flatMap((row: Behind): Pack[] => {
      const unit = row[places.unit] as Linked | null | undefined;
      return unit
        ? [{ unit, numerator: String(row[places.numerator]), denominator: String(row[places.denominator]) }]
        : [];
    });
    packs = base && found.length > 0 ? { base: base as Linked, packs: found } : null;
    PACKS.set(told, packs);
  }
  return packs;
}

const RECORD = "";
const COMPANY = "company";
/** Parts of a field that give it its value. */
const COMPUTED = new Set(["formula", "default"]);

export class Computation {
  /** How many formulas were computed, ever. */
  evaluations = 0;
  private readonly record: TypedRow;
  private readonly byKey = new Map<string, Map<string, TypedRow>>();
  private readonly known = new Map<string, Map<number, Behind>>();
  private companyKnown: Behind | undefined;
  private readonly wanted = new Map<string, Set<number>>();
  private readonly titles = new Map<number, string | null>();
  /** Rows as the server said them, with their keys, as long as it says nothing else. */
  private readonly saidKeyed = new Map<string, readonly KeyedRow[]>();
  private readonly dirty: (Set<TypedRow> | null)[];
  private readonly plan: Plan;
  private given: Typed = {};
  private shownValues: Values | null = null;

  constructor(
    private readonly form: Form,
    private readonly context: Context,
    private readonly start: Said,
    plan?: Plan,
  ) {
    this.plan = plan ?? new Plan(form);
    this.dirty = this.plan.steps.map(() => null);
    const around: Surroundings = {
      behind: (link, id) => this.behind(link, id),
      company: () => {
        if (!this.companyKnown) this.want(COMPANY, 0);
        return this.companyKnown;
      },
      head: (name, type) => this.head(name, type),
    };
    this.record = new TypedRow(null, RECORD, null, around);
    this.record.id = start.isNew ? null : (start.id ?? 0);
    for (const lines of this.plan.lines) {
      this.byKey.set(lines.name, new Map());
      this.record.inner.set(lines.name, []);
    }
    this.around = around;
    this.takeSaid(start.values);
    this.fill(this.record);
    for (const lines of this.plan.lines) this.setRows(lines.name, this.saidRows(lines.name));
    this.settle();
  }

  private readonly around: Surroundings;

  // What comes from outside

  /** Everything that was typed so far, in place of what was typed before. */
  type(typed: Typed): void {
    for (const field of this.form.fields) {
      const value = typed[field.name];
      if (field.kind === "lines") {
        if (value !== this.given[field.name]) {
          this.setRows(field.name, (value as readonly KeyedRow[] | undefined) ?? this.saidRows(field.name));
        }
      } else if (value !== this.given[field.name]) this.touch(this.record, field, value as Shown);
    }
    this.given = typed;
    this.settle();
  }

  /** One value typed: into the record, or into a row by its key. Undefined takes it back. */
  set(name: string, value: Shown | undefined, lines: string | null = null, key: string = RECORD): void {
    const row = lines === null ? this.record : this.byKey.get(lines)?.get(key);
    const field = this.plan.fields.get(keyOfPlace(lines, name));
    if (row && field) {
      row.given = null;
      this.touch(row, field, value);
    }
    this.settle();
  }

  /** What `/linked` answered to `asked`; what waited for it is computed. */
  learn(answer: LinkedAnswer, asked: Readonly<Record<string, readonly number[]>> = {}): void {
    for (const [link, records] of Object.entries(answer)) {
      if (link === COMPANY) {
        this.companyKnown = records;
        this.wanted.delete(COMPANY);
        this.noteTitles(records);
        this.mark(this.record, COMPANY);
      } else this.learnLink(link, records, asked[link] ?? []);
    }
    this.settle();
  }

  private learnLink(link: string, records: LinkedAnswer[string], asked: readonly number[]): void {
    const known = this.known.get(link) ?? new Map<number, Behind>();
    const wanted = this.wanted.get(link);
    this.known.set(link, known);
    const told = new Map(Object.entries(records).map(([id, behind]) => [Number(id), behind as Behind]));
    // Asked and not told: not for this user to see, so that only the server computes with it.
    for (const id of asked) if (!told.has(id)) told.set(id, {});
    for (const [id, behind] of told) {
      known.set(id, behind);
      wanted?.delete(id);
      this.noteTitles(behind);
    }
    if (!wanted?.size) this.wanted.delete(link);
    const dot = link.indexOf(".");
    const [lines, name] = dot < 0 ? [null, link] : [link.slice(0, dot), link.slice(dot + 1)];
    for (const row of this.rowsOf(lines)) {
      const id = row.cells.get(name);
      if (typeof id === "number" && told.has(id)) this.mark(row, name);
    }
    if (lines === null && !this.record.cells.has(name)) this.mark(this.record, name);
  }

  /** What the server computed meanwhile: parts that only it computes follow it. */
  said(values: Values): void {
    this.takeSaid(values);
    for (const row of [this.record, ...this.plan.lines.flatMap((lines) => this.rowsOf(lines.name))]) this.fillSaid(row);
    this.settle();
  }

  /** Links behind which something is to be looked up, as `/linked` is asked for them; empty if all is known. */
  get wants(): Record<string, number[]> {
    const links = [...this.wanted].filter(([link]) => link !== COMPANY);
    return Object.fromEntries(links.map(([link, ids]) => [link, [...ids]]));
  }

  /** Whether `/linked` should be asked. */
  get isWaiting(): boolean {
    return this.wanted.size > 0;
  }

  // What pages see

  /** The whole record as it is now. Rows that did not change are the same objects as before. */
  get values(): Values {
    if (!this.shownValues) {
      const shown: Values = { ...this.shownOf(this.record) };
      for (const lines of this.plan.lines) {
        shown[lines.name] = this.rowsOf(lines.name).map((row) => this.shownOf(row));
      }
      this.shownValues = shown;
    }
    return this.shownValues;
  }

  /** Whether only the server knows the value of a field now. */
  isUnknown(name: string, lines: string | null = null, key: string = RECORD): boolean {
    return this.find(lines, key)?.unknown.has(name) ?? false;
  }

  /** Whether a field is seen, has to be filled in, and may be typed; what cannot be told here is left to the server. */
  stateOf(name: string, lines: string | null = null, key: string = RECORD): FieldState {
    const row = this.find(lines, key);
    const conditions = this.plan.conditions.get(keyOfPlace(lines, name));
    if (!conditions) return { visible: false, required: false, editable: false };
    const { field } = conditions;
    // A row that is only about to be begun: nothing can be told against it yet.
    if (!row) return { visible: true, required: false, editable: field.typed && !field.read_only };
    return {
      visible: this.holds(conditions.visible, row, true),
      required: this.holds(conditions.required, row, false),
      editable: field.typed && !field.read_only && this.holds(conditions.editable, row, true),
    };
  }

  /** Everything that is wrong with the record so far. */
  get problems(): Problem[] {
    const found: Problem[] = [];
    for (const lines of this.plan.lines) {
      if (this.rowsOf(lines.name).length < (lines.at_least ?? 0)) {
        found.push({ code: "form.too_few_rows", field: lines.name, row: null, text: null });
      }
    }
    for (const [key, conditions] of this.plan.conditions) {
      const dot = key.indexOf(".");
      const rows = this.rowsOf(dot < 0 ? null : key.slice(0, dot));
      rows.forEach((row, at) => {
        found.push(...this.problemsIn(conditions, key, row, dot < 0 ? null : at + 1));
      });
    }
    return found;
  }

  /** What is wrong with one row. */
  problemsOf(lines: string, key: string): Problem[] {
    const rows = this.rowsOf(lines);
    const row = this.find(lines, key);
    if (!row) return [];
    return [...this.plan.conditions].flatMap(([place, conditions]) =>
      place.startsWith(`${lines}.`) ? this.problemsIn(conditions, place, row, rows.indexOf(row) + 1) : [],
    );
  }

  private problemsIn(conditions: Conditions, key: string, row: TypedRow, place: number | null): Problem[] {
    const { field, required, visible, musts } = conditions;
    if ((!required && !musts.length) || row.unknown.has(field.name)) return [];
    const isEmpty = isBlank(row.cells.get(field.name) ?? null);
    if (!isEmpty && !musts.length) return [];
    if (!this.holds(visible, row, true)) return [];
    if (isEmpty && this.holds(required, row, false)) {
      return [{ code: "form.required", field: key, row: place, text: null }];
    }
    return musts
      .filter(({ run }) => !this.holds(run, row, true))
      .map(({ otherwise }) => ({ code: "form.must", field: key, row: place, text: otherwise }));
  }

  private holds(run: Compiled | null, row: TypedRow, unknown: boolean): boolean {
    if (!run) return unknown;
    const value = evaluate(run, row, this.context);
    return value === undefined ? unknown : value === true;
  }

  private shownOf(row: TypedRow): ShownRow {
    if (!row.shown) {
      const shown: KeyedRow = {};
      if (row.lines !== null) {
        shown.key = row.key;
        shown.position = row.position;
        if (row.id !== null) shown.id = row.id;
      }
      for (const field of columnsOf(this.form.fields, row.lines)) {
        const { name } = field;
        if (row.typed.has(name)) shown[name] = row.typed.get(name);
        else shown[name] = field.masked ? row.said[name] : shownAs(field, row.cells.get(name) ?? null, this.titles);
      }
      row.shown = shown;
    }
    return row.shown;
  }

  /** The units in which a quantity is counted; null where there are none, or they are not known yet. */
  packsOf(name: string, lines: string | null = null, key: string = RECORD): Packs | null {
    const row = this.find(lines, key);
    const places = this.plan.fields.get(keyOfPlace(lines, name))?.packs;
    const id = places && row?.cells.get(places.link);
    if (!places || typeof id !== "number") return null;
    const told = this.behind(keyOfPlace(lines, places.link), id);
    return told ? packsIn(told, places) : null;
  }

  private find(lines: string | null, key: string): TypedRow | undefined {
    return lines === null ? this.record : this.byKey.get(lines)?.get(key);
  }

  private rowsOf(lines: string | null): TypedRow[] {
    return lines === null ? [this.record] : (this.record.inner.get(lines) ?? []);
  }

  // What is known

  private behind(link: string, id: number): Behind | undefined {
    const known = this.known.get(link)?.get(id);
    if (known === undefined) this.want(link, id);
    return known;
  }

  private want(link: string, id: number): void {
    const ids = this.wanted.get(link) ?? new Set();
    this.wanted.set(link, ids.add(id));
  }

  /** What every record has without a field. */
  private head(name: string, type: Type): Value {
    const { isNew, stamps } = this.start;
    switch (name) {
      case "state":
        return this.start.state ?? (isNew ? (this.form.states[0]?.name ?? null) : null);
      case "number":
        return this.start.number ?? null;
      case "created_by":
      case "updated_by":
        return isNew ? this.context.me : read(stamps?.[name], type.kind);
      case "created_at":
      case "updated_at":
        return isNew ? this.context.now : read(stamps?.[name], type.kind);
      default:
        throw UNKNOWN;
    }
  }

  /** Names of linked records, wherever they are told. */
  private noteTitles(told: unknown): void {
    if (told === null || typeof told !== "object") return;
    const { id, title } = told as Partial<Linked>;
    if (typeof id === "number" && title !== undefined) this.titles.set(id, title);
    for (const inner of Object.values(told)) this.noteTitles(inner);
  }

  private takeSaid(values: Values): void {
    this.noteTitles(values);
    this.record.said = values;
    this.saidKeyed.clear();
    for (const lines of this.plan.lines) {
      const known = this.byKey.get(lines.name);
      for (const row of this.saidRows(lines.name)) {
        const typed = known?.get(row.key ?? "");
        if (!typed) continue;
        typed.said = row;
        typed.given = null;
      }
    }
  }

  private saidRows(lines: string): readonly KeyedRow[] {
    const known = this.saidKeyed.get(lines);
    if (known) return known;
    const rows = this.record.said[lines];
    const found = Array.isArray(rows)
      ? (rows as KeyedRow[]).map((row, at) => ({ ...row, key: row.key ?? (row.id ? `#${row.id}` : `at-${at}`) }))
      : [];
    this.saidKeyed.set(lines, found);
    return found;
  }

  // What changes

  /** Give every field of a row that is not typed the value that it has without being computed, and mark what is. */
  private fill(row: TypedRow): void {
    this.stepsOf(row).forEach((at, name) => {
      const field = this.plan.steps[at]?.field;
      if (field && !row.cells.has(name)) row.cells.set(name, initial(field));
      this.markStep(at, row);
    });
    this.fillSaid(row);
  }

  /** The steps that compute fields of a row, by the field. */
  private stepsOf(row: TypedRow): Map<string, number> {
    const found = new Map<string, number>();
    this.plan.steps.forEach((step, at) => {
      const isGiven = step.isDefault && (row.isStored || row.typed.has(step.name));
      if (step.lines === row.lines && !isGiven) found.set(step.name, at);
    });
    return found;
  }

  /** Fields that nobody types and nothing here computes have what the server said. */
  private fillSaid(row: TypedRow): void {
    const computed = this.stepsOf(row);
    for (const field of columnsOf(this.form.fields, row.lines)) {
      const { name } = field;
      if (row.typed.has(name)) continue;
      const at = computed.get(name);
      if (at !== undefined) {
        if (row.unknown.has(name)) this.markStep(at, row);
        continue;
      }
      const said = row.said[name];
      const isComputed = field.formula ?? field.default ?? field.on_server.find((part) => COMPUTED.has(part));
      const isUntold = said === undefined && !row.isStored && isComputed !== undefined && isComputed !== null;
      this.put(row, name, said === undefined ? initial(field) : settled(field, valueIn(field, said)), isUntold);
    }
  }

  private touch(row: TypedRow, field: Field, value: Shown | undefined): void {
    if (value === undefined) {
      if (row.typed.delete(field.name)) this.fill(row);
    } else {
      row.typed.set(field.name, value);
      this.noteTitles(value);
      const read = valueIn(field, value);
      this.put(row, field.name, read === null && field.kind === "flag" ? false : read, false);
    }
    this.forget(row);
  }

  /** Make these the rows of lines, in this order: known ones by their keys, new ones, and no others. */
  private setRows(lines: string, given: readonly KeyedRow[]): void {
    const known = this.byKey.get(lines) ?? new Map<string, TypedRow>();
    // Only new rows ask for it: with most keys there is none.
    let said: Map<string, KeyedRow> | null = null;
    const fields = columnsOf(this.form.fields, lines);
    const before = this.rowsOf(lines);
    const next = new Map<string, TypedRow>();
    const rows = given.map((one, at) => {
      const key = one.key ?? (one.id ? `#${one.id}` : `at-${at}`);
      let row = known.get(key);
      const isNew = !row;
      if (!row) {
        row = new TypedRow(lines, key, this.record, this.around);
        said ??= new Map(this.saidRows(lines).map((one) => [one.key ?? "", one]));
        row.said = said.get(key) ?? {};
        row.id = one.id ?? (row.said.id as number | undefined) ?? null;
      }
      next.set(key, row);
      if (row.position !== at + 1) {
        row.position = at + 1;
        this.mark(row, "position");
        this.forget(row);
      }
      // The same object says the same, unless the row was touched in another way meanwhile.
      if (one === row.said) {
        if (row.typed.size > 0) this.typeRow(row, fields, { key });
      } else if (one !== row.given) this.typeRow(row, fields, one);
      row.given = one;
      if (isNew) this.fill(row);
      return row;
    });
    this.byKey.set(lines, next);
    this.record.inner.set(lines, rows);
    if (rows.length !== before.length || rows.some((row, at) => row !== before[at])) {
      this.mark(this.record, ROWS, lines);
      this.shownValues = null;
    }
  }

  private typeRow(row: TypedRow, fields: readonly Field[], given: KeyedRow): void {
    for (const field of fields) {
      if (!field.typed) continue;
      const value = given[field.name];
      const isSaid = value === undefined || (!row.typed.has(field.name) && value === row.said[field.name]);
      if (isSaid ? row.typed.has(field.name) && value === undefined : value !== row.typed.get(field.name)) {
        this.touch(row, field, value);
      }
    }
  }

  private put(row: TypedRow, name: string, value: Value, isUnknown: boolean): void {
    const old = row.cells.get(name);
    if (old !== undefined && equal(old, value) && row.unknown.has(name) === isUnknown) return;
    row.cells.set(name, value);
    if (isUnknown) row.unknown.add(name);
    else row.unknown.delete(name);
    this.mark(row, name);
    this.forget(row);
  }

  private forget(row: TypedRow): void {
    row.shown = null;
    this.shownValues = null;
  }

  // What depends on what changed

  private mark(row: TypedRow, name: string, lines: string | null = row.lines): void {
    for (const { step, where } of this.plan.dependents.get(keyOfPlace(lines, name)) ?? []) {
      if (where === "same") this.markStep(step, row);
      else for (const one of this.rowsOf(this.plan.steps[step]?.lines ?? null)) this.markStep(step, one);
    }
  }

  private markStep(step: number, row: TypedRow): void {
    const rows = this.dirty[step] ?? new Set();
    this.dirty[step] = rows.add(row);
  }

  /** Compute what is marked, step by step; what a step changes marks later steps only. */
  private settle(): void {
    this.plan.steps.forEach((step, at) => {
      const rows = this.dirty[at];
      this.dirty[at] = null;
      for (const row of rows ?? []) {
        if (row.lines !== null && this.byKey.get(row.lines)?.get(row.key) !== row) continue;
        if (step.isDefault && (row.isStored || row.typed.has(step.name))) continue;
        this.evaluations += 1;
        const value = evaluate(step.run, row, this.context);
        if (value !== undefined) this.put(row, step.name, settled(step.field, value), false);
        else this.put(row, step.name, valueIn(step.field, row.said[step.name] ?? null), true);
      }
    });
    this.dirty.fill(null);
  }
}
