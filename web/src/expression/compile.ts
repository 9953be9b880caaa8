/** Formulas in the browser: each tree is compiled once into closures; values and blanks as on the server. */
import { aggregate } from "./aggregates";
import { addDays, offset } from "./calendar";
import { ASKING, type Context, LENIENT, STRICT } from "./functions";
import { wholeMatch } from "./pattern";
import type { Formula, Node, Type } from "./tree";
import { compare, Decimal, divide, equal, isBlank, read, rounded, Unknown, type Value, whole } from "./values";

/** A row that a formula is read in: the record itself, a row of its lines, or what lies behind a link. */
export interface Scope {
  /** What stands under a dotted key. Throws UNKNOWN for what only the server knows. */
  value(key: string, type: Type): Value;
  /** The rows under a key: own lines, or those behind a link. */
  rows(key: string): readonly Scope[];
  /** The record that a row belongs to. */
  readonly outer: Scope | null;
}

/** What surrounds a row while it is read: who asks, the row outside of an aggregate, and what surrounds that. */
export interface Frame {
  context: Context;
  row: Scope | null;
  frame: Frame | null;
}

export type Run = (row: Scope, frame: Frame) => Value;
type SetRun = (row: Scope, frame: Frame) => Value | ReadonlySet<number>;

/** Thrown for a formula that has something which browsers cannot compute: it stays with the server. */
export class NotInBrowser extends Error {}

/** A formula, ready to be computed for rows. */
export type Compiled = (row: Scope, context: Context) => Value;

/** Compile a formula. Throws NotInBrowser. */
export function compile(formula: Formula | { tree: Node }): Compiled {
  const run = compiled(formula.tree, 0);
  return (row, context) => run(row, { context, row: null, frame: null });
}

/** The value, or undefined where only the server knows it. */
export function evaluate(run: Compiled, row: Scope, context: Context): Value | undefined {
  try {
    return run(row, context);
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw error;
  }
}

function compiled(node: Node, depth: number): Run {
  switch (node.node) {
    case "literal": {
      const value = read(node.value, node.type.kind);
      return () => value;
    }
    case "path":
      return path(node.up, node.key, node.type, depth);
    case "given":
      return (_, frame) => frame.context.parameters?.[node.name] ?? null;
    case "operation":
      return operation(node.operator, node.operands, depth);
    case "call":
      return call(node.function, node.arguments, depth);
    case "aggregate": {
      const { up, key } = node.rows;
      const find = holder(up, depth);
      const value = node.value ? compiled(node.value, depth + 1) : null;
      const where = node.where ? compiled(node.where, depth + 1) : null;
      const figure = aggregate(node.function, node.separator);
      return (row, frame) => {
        const inner: Frame = { context: frame.context, row, frame };
        const found: Value[] = [];
        for (const one of find(row, frame)?.rows(key) ?? []) {
          if (where === null || where(one, inner)) found.push(value === null ? true : value(one, inner));
        }
        return figure(found);
      };
    }
  }
}

/** The row so many levels out: around it in the same formula first, then the record that the first row is in. */
function holder(up: number, depth: number): (row: Scope, frame: Frame) => Scope | null {
  const inside = Math.min(up, depth);
  const beyond = up - inside;
  return (row, frame) => {
    let found: Scope | null = row;
    let around: Frame | null = frame;
    for (let level = 0; level < inside; level++) {
      found = around?.row ?? null;
      around = around?.frame ?? null;
    }
    for (let level = 0; level < beyond; level++) found = found?.outer ?? null;
    return found;
  };
}

function path(up: number, key: string, type: Type, depth: number): Run {
  if (up === 0) return (row) => row.value(key, type);
  const find = holder(up, depth);
  return (row, frame) => find(row, frame)?.value(key, type) ?? null;
}

type Pair = (left: Value, right: Value) => Value;

function operation(operator: string, operands: readonly Node[], depth: number): Run {
  const runs = operands.map((part) => compiled(part, depth));
  const [first, second] = [runs[0] as Run, runs[1] as Run];
  switch (operator) {
    case "AND":
      return (row, frame) => runs.every((run) => run(row, frame) === true);
    case "OR":
      return (row, frame) => runs.some((run) => run(row, frame) === true);
    case "NOT":
      return (row, frame) => first(row, frame) !== true;
    case "NEG":
      return (row, frame) => {
        const value = first(row, frame);
        return value === null ? null : (value as Decimal).negated();
      };
    case "&":
      return (row, frame) => runs.map((run) => run(row, frame) ?? "").join("");
    case "IN":
      return membership(operands, runs);
    case "+":
    case "-":
    case "*":
    case "/":
      return chained(arithmetic(operator, operands[0]?.type.kind ?? "", operands.at(-1)?.type.kind ?? ""), runs);
    default: {
      const holds = comparison(operator);
      return (row, frame) => {
        const left = first(row, frame);
        if (left === null) return false;
        const right = second(row, frame);
        return right !== null && holds(left, right);
      };
    }
  }
}

function arithmetic(operator: string, left: string, right: string): Pair {
  if (left === "date" && right === "date") {
    return (end, start) => new Decimal(offset(end as string) - offset(start as string));
  }
  if (left === "date") {
    const sign = operator === "+" ? 1 : -1;
    return (day, days) => addDays(day as string, sign * whole(days as Decimal));
  }
  switch (operator) {
    case "+":
      return (one, other) => (one as Decimal).plus(other as Decimal);
    case "-":
      return (one, other) => (one as Decimal).minus(other as Decimal);
    case "*":
      return (one, other) => (one as Decimal).times(other as Decimal);
    default:
      return (one, other) => divide(one as Decimal, other as Decimal);
  }
}

/** One after the other; blank as soon as one is. */
function chained(pair: Pair, runs: readonly Run[]): Run {
  const [first, ...rest] = runs as [Run, ...Run[]];
  return (row, frame) => {
    let result = first(row, frame);
    for (const run of rest) {
      if (result === null) return null;
      const value = run(row, frame);
      result = value === null ? null : pair(result, value);
    }
    return result;
  };
}

function comparison(operator: string): (left: Value, right: Value) => boolean {
  switch (operator) {
    case "=":
      return equal;
    case "<>":
      return (left, right) => !equal(left, right);
    case "<":
      return (left, right) => compare(left, right) < 0;
    case "<=":
      return (left, right) => compare(left, right) <= 0;
    case ">":
      return (left, right) => compare(left, right) > 0;
    case ">=":
      return (left, right) => compare(left, right) >= 0;
    default:
      throw new NotInBrowser(operator);
  }
}

/** A blank is in nothing, and in a blank set is nothing. */
function membership(operands: readonly Node[], runs: readonly Run[]): Run {
  const [subject, ...members] = runs as [Run, ...Run[]];
  const kind = operands[1]?.type.kind;
  if (kind === "texts" || kind === "links") {
    const set = members[0] as SetRun;
    return (row, frame) => {
      const value = subject(row, frame);
      if (value === null) return false;
      const found = set(row, frame);
      if (found instanceof Set) return found.has(value as number);
      return Array.isArray(found) && found.includes(value as string);
    };
  }
  return (row, frame) => {
    const value = subject(row, frame);
    if (value === null) return false;
    return members.some((member) => {
      const one = member(row, frame);
      return one !== null && equal(one, value);
    });
  };
}

function call(name: string, parts: readonly Node[], depth: number): Run {
  if (name === "MATCHES") return matches(parts, depth);
  const runs = parts.map((part) => compiled(part, depth));
  const choice = CHOOSING[name];
  if (choice) return choice(runs);
  const asking = ASKING[name];
  if (asking) {
    const given = runs[0];
    if (!given) return (_, frame) => asking(frame.context, null) as Value;
    return (row, frame) => {
      const value = given(row, frame);
      return value === null ? null : (asking(frame.context, value) as Value);
    };
  }
  const lenient = LENIENT[name];
  if (lenient) return (row, frame) => lenient(...runs.map((run) => run(row, frame)));
  const strict = STRICT[name];
  if (!strict) throw new NotInBrowser(name);
  return (row, frame) => {
    const values: Value[] = [];
    for (const run of runs) {
      const value = run(row, frame);
      if (value === null) return null;
      values.push(value);
    }
    return strict(...values);
  };
}

function matches(parts: readonly Node[], depth: number): Run {
  const [subject, pattern] = parts as [Node, Node];
  const test = pattern.node === "literal" ? wholeMatch(String(pattern.value)) : null;
  if (!test) throw new NotInBrowser("MATCHES");
  const run = compiled(subject, depth);
  return (row, frame) => {
    const value = run(row, frame);
    return value === null ? null : test(value as string);
  };
}

/** Functions that compute only what they choose. */
const CHOOSING: Readonly<Record<string, (runs: readonly Run[]) => Run>> = {
  IF: (runs) => {
    const [condition, then, otherwise] = runs as [Run, Run, Run?];
    return (row, frame) => {
      if (condition(row, frame) === true) return then(row, frame);
      return otherwise ? otherwise(row, frame) : null;
    };
  },
  IFS: (runs) => {
    const otherwise = runs.length % 2 ? (runs.at(-1) as Run) : null;
    return (row, frame) => {
      for (let at = 0; at + 1 < runs.length; at += 2) {
        if ((runs[at] as Run)(row, frame) === true) return (runs[at + 1] as Run)(row, frame);
      }
      return otherwise ? otherwise(row, frame) : null;
    };
  },
  SWITCH: (runs) => {
    const otherwise = runs.length % 2 === 0 ? (runs.at(-1) as Run) : null;
    return (row, frame) => {
      const value = (runs[0] as Run)(row, frame);
      for (let at = 1; value !== null && at + 1 < runs.length; at += 2) {
        const known = (runs[at] as Run)(row, frame);
        if (known !== null && equal(known, value)) return (runs[at + 1] as Run)(row, frame);
      }
      return otherwise ? otherwise(row, frame) : null;
    };
  },
  COALESCE: (runs) => (row, frame) => {
    for (const run of runs) {
      const value = run(row, frame);
      if (!isBlank(value)) return value;
    }
    return null;
  },
  SHARE: (runs) => {
    const [amount, before, part, all] = runs as [Run, Run, Run, Run];
    return (row, frame) => {
      const given = amount(row, frame) as Decimal | null;
      // Most documents have nothing to share out: nobody looks at the other rows then.
      if (given === null || given.isZero()) return given;
      const total = all(row, frame) as Decimal | null;
      if (total === null || total.isZero()) return null;
      const mine = (part(row, frame) as Decimal | null) ?? new Decimal(0);
      const start = (before(row, frame) as Decimal | null) ?? new Decimal(0);
      const upTo = (reach: Decimal) => rounded(divide(given.times(reach), total) as Decimal, 2);
      return upTo(start.plus(mine)).minus(upTo(start));
    };
  },
  CONCATENATE: (runs) => (row, frame) => runs.map((run) => run(row, frame) ?? "").join(""),
};
