/** What a form's formulas read, and in which order its fields are computed. Made once for a form's description. */
import type { Field, Form } from "@/api/types";
import { type Compiled, compile, NotInBrowser } from "@/expression/compile";
import type { Formula } from "@/expression/tree";

/** A field's place: the lines it stands in (null: the record itself) and its name. */
export interface Place {
  lines: string | null;
  name: string;
}

/** One field to fill: by its formula always, by its default where nobody gave it a value. */
export interface Step extends Place {
  field: Field;
  run: Compiled;
  isDefault: boolean;
}

/** Who has to be computed anew when a field changes: the step, in the same row, in the record, or in all rows. */
export interface Dependent {
  step: number;
  where: "same" | "all";
}

export interface Conditions {
  field: Field;
  /** null: not declared, or only the server can say. */
  required: Compiled | null;
  visible: Compiled | null;
  editable: Compiled | null;
  musts: { run: Compiled; otherwise: string }[];
}

interface Read extends Place {
  where: "same" | "all";
}

/** Any change of which rows there are, as the name of a field that no form can have. */
export const ROWS = "*";

export const keyOfPlace = (lines: string | null, name: string): string => (lines === null ? name : `${lines}.${name}`);

export class Plan {
  readonly steps: readonly Step[];
  readonly conditions: ReadonlyMap<string, Conditions>;
  /** By the key of a place. */
  readonly dependents: ReadonlyMap<string, readonly Dependent[]>;
  /** The fields by the key of their place. */
  readonly fields: ReadonlyMap<string, Field>;
  readonly lines: readonly Field[];

  constructor(form: Form) {
    this.lines = form.fields.filter((field) => field.kind === "lines");
    const fields = new Map<string, Field>();
    const steps: (Step & { reads: Read[] })[] = [];
    const conditions = new Map<string, Conditions>();
    for (const [lines, field] of places(form)) {
      const key = keyOfPlace(lines, field.name);
      fields.set(key, field);
      conditions.set(key, conditionsOf(field));
      const formula = field.formula ?? field.default;
      const run = formula && compiledOrNull(formula);
      if (formula && run) {
        const reads = formula.paths.map((path) => readOf(form, lines, path));
        steps.push({ lines, name: field.name, field, run, isDefault: field.formula === null, reads });
      }
    }
    this.fields = fields;
    this.conditions = conditions;
    const ordered = inOrder(steps);
    this.steps = ordered;
    this.dependents = dependentsOf(ordered);
  }
}

function* places(form: Form): Iterable<[string | null, Field]> {
  for (const field of form.fields) {
    yield [null, field];
    for (const column of field.fields ?? []) yield [field.name, column];
  }
}

function compiledOrNull(formula: Formula | null): Compiled | null {
  if (!formula) return null;
  try {
    return compile(formula);
  } catch (error) {
    if (error instanceof NotInBrowser) return null;
    throw error;
  }
}

function conditionsOf(field: Field): Conditions {
  return {
    field,
    required: compiledOrNull(field.required),
    visible: compiledOrNull(field.visible),
    editable: compiledOrNull(field.editable),
    musts: field.must.flatMap(({ that, otherwise }) => {
      const run = compiledOrNull(that);
      return run ? [{ run, otherwise }] : [];
    }),
  };
}

/** Where a path of a formula begins: in the same row or record, in the record outside, or in rows. */
function readOf(form: Form, lines: string | null, path: string): Read {
  let [inside, rest]: [string | null, string] = [lines, path];
  while (rest.startsWith("^.")) [inside, rest] = [null, rest.slice(2)];
  let [first = "", second = ROWS] = rest.split(".");
  if (inside !== null && first === "parent") [inside, first, second] = [null, second, rest.split(".")[2] ?? ROWS];
  // What a formula asked of before the change, it asks of the field.
  if (first === "old") return { lines: inside, name: second, where: "same" };
  const isRows = inside === null && form.fields.some((field) => field.kind === "lines" && field.name === first);
  if (isRows) return { lines: first, name: second, where: "all" };
  return { lines: inside, name: first, where: inside === lines ? "same" : "all" };
}

/** Every step after those that it reads. Defaults that go in a circle are computed without looking at each other. */
function inOrder<Kind extends Step & { reads: Read[] }>(steps: readonly Kind[]): Kind[] {
  return sorted(steps, () => true) ?? sorted(steps, (step) => !step.isDefault) ?? [...steps];
}

function sorted<Kind extends Step & { reads: Read[] }>(
  steps: readonly Kind[],
  looks: (step: Kind) => boolean,
): Kind[] | null {
  const byPlace = new Map(steps.map((step) => [keyOfPlace(step.lines, step.name), step]));
  const state = new Map<Kind, "open" | "done">();
  const order: Kind[] = [];
  const visit = (step: Kind): boolean => {
    if (state.get(step) === "done") return true;
    if (state.get(step) === "open") return false;
    state.set(step, "open");
    for (const read of looks(step) ? step.reads : []) {
      const before = byPlace.get(keyOfPlace(read.lines, read.name));
      if (before && before !== step && !visit(before)) return false;
    }
    state.set(step, "done");
    order.push(step);
    return true;
  };
  return steps.every(visit) ? order : null;
}

function dependentsOf(steps: readonly (Step & { reads: Read[] })[]): Map<string, Dependent[]> {
  const found = new Map<string, Dependent[]>();
  steps.forEach((step, at) => {
    const seen = new Map<string, Dependent>();
    const note = (key: string, where: "same" | "all") => {
      const known = seen.get(key);
      if (known) {
        if (where === "all") known.where = "all";
        return;
      }
      const dependent = { step: at, where };
      seen.set(key, dependent);
      found.set(key, [...(found.get(key) ?? []), dependent]);
    };
    for (const read of step.reads) {
      note(keyOfPlace(read.lines, read.name), read.where);
      if (read.lines !== null && read.where === "all") note(keyOfPlace(read.lines, ROWS), "all");
    }
  });
  return found;
}
