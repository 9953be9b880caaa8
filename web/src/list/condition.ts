/** Conditions of a list: which comparisons a kind of field allows, what they compare with, and when they are whole. Pure. */
import type { Kind } from "@/api/types";
import { dayOf } from "@/look/figures";

export interface Condition {
  field: string;
  op: string;
  value?: unknown;
}

/** Conditions that count as one: where any of them holds, or where all do. */
export type Combined = { any: Part[] } | { all: Part[] };
export type Part = Condition | Combined;

/** What a comparison is compared with. */
export type Operand = "none" | "one" | "pair" | "many" | "period";

const TEXT = ["contains", "starts", "eq", "ne", "blank", "not_blank"];
const FIGURE = ["ge", "le", "between", "eq", "ne", "gt", "lt", "blank", "not_blank"];
const DAY = ["period", "between", "eq", "ge", "le", "blank", "not_blank"];
const ONE_OF = ["in", "not_in", "blank", "not_blank"];

const COMPARISONS: Partial<Record<Kind, string[]>> = {
  text: TEXT,
  long_text: TEXT,
  phone: TEXT,
  email: TEXT,
  barcode: TEXT,
  number: FIGURE,
  quantity: FIGURE,
  price: FIGURE,
  money: FIGURE,
  percent: FIGURE,
  date: DAY,
  month: ["between", "eq", "ge", "le", "blank", "not_blank"],
  instant: ["period", "between", "ge", "le", "blank", "not_blank"],
  flag: ["eq"],
  choice: ONE_OF,
  choices: ONE_OF,
  tags: ONE_OF,
  link: ONE_OF,
};

/** The comparisons of a kind, the likeliest first. */
export function comparisonsOf(kind: Kind): string[] {
  return COMPARISONS[kind] ?? [];
}

/** Days that move with the calendar; `between` with such a word instead of two days. */
export const PERIODS = [
  "today",
  "yesterday",
  "this_week",
  "last_week",
  "this_month",
  "last_month",
  "this_year",
  "last_7_days",
  "last_30_days",
  "next_7_days",
] as const;
export type Period = (typeof PERIODS)[number];

export function isPeriod(value: unknown): value is Period {
  return (PERIODS as readonly unknown[]).includes(value);
}

export function operandOf(op: string): Operand {
  if (op === "blank" || op === "not_blank") return "none";
  if (op === "in" || op === "not_in") return "many";
  if (op === "between") return "pair";
  return op === "period" ? "period" : "one";
}

/** The comparison as the filter builder names it: a period is stored as `between` with a word. */
export function shownOp(condition: Condition): string {
  return condition.op === "between" && isPeriod(condition.value) ? "period" : condition.op;
}

const isGiven = (value: unknown) => value !== null && value !== undefined && value !== "";

/** Whether nothing is missing, so that the server can be asked. */
export function isWhole(condition: Condition): boolean {
  const { op, value } = condition;
  switch (operandOf(shownOp(condition))) {
    case "none":
      return true;
    case "many":
      return Array.isArray(value) && value.length > 0;
    case "pair":
      return Array.isArray(value) && value.length === 2 && value.some(isGiven);
    case "period":
      return isPeriod(value);
    default:
      return op !== "" && isGiven(value);
  }
}

const moved = (day: Date, days: number) => new Date(day.getFullYear(), day.getMonth(), day.getDate() + days);

/** The first and the last day of a period; weeks begin on Monday. */
export function daysOf(period: Period, today: Date): [Date, Date] {
  const year = today.getFullYear();
  const month = today.getMonth();
  const monday = moved(today, -((today.getDay() + 6) % 7));
  switch (period) {
    case "today":
      return [moved(today, 0), moved(today, 0)];
    case "yesterday":
      return [moved(today, -1), moved(today, -1)];
    case "this_week":
      return [monday, moved(monday, 6)];
    case "last_week":
      return [moved(monday, -7), moved(monday, -1)];
    case "this_month":
      return [new Date(year, month, 1), new Date(year, month + 1, 0)];
    case "last_month":
      return [new Date(year, month - 1, 1), new Date(year, month, 0)];
    case "this_year":
      return [new Date(year, 0, 1), new Date(year, 11, 31)];
    case "last_7_days":
      return [moved(today, -6), moved(today, 0)];
    case "last_30_days":
      return [moved(today, -29), moved(today, 0)];
    case "next_7_days":
      return [moved(today, 0), moved(today, 6)];
  }
}

/** Conditions as the server takes them: periods become days (or instants) of this very moment, halves are left out. */
export function settled(parts: Part[], kindOf: (field: string) => Kind | undefined, now: Date): Part[] {
  return parts.flatMap((part): Part[] => {
    if ("any" in part) {
      const each = part.any.map((one) => settled([one], kindOf, now)).filter((one) => one.length > 0);
      return each.length > 0 ? [{ any: each.map(asOne) }] : [];
    }
    if ("all" in part) return settled(part.all, kindOf, now);
    if (!isWhole(part)) return [];
    if (part.op !== "between" || !isPeriod(part.value)) return [part];
    const { field } = part;
    const condition = { value: part.value };
    const [first, last] = daysOf(condition.value, now);
    if (kindOf(field) !== "instant") return [{ field, op: "between", value: [dayOf(first), dayOf(last)] }];
    return [
      { field, op: "ge", value: first.toISOString() },
      { field, op: "lt", value: moved(last, 1).toISOString() },
    ];
  });
}

/** What the value becomes when another comparison is chosen: kept where it still fits. */
export function fitting(op: string, value: unknown): unknown {
  const first = Array.isArray(value) ? value[0] : isPeriod(value) ? undefined : value;
  switch (operandOf(op)) {
    case "none":
      return undefined;
    case "many":
      return Array.isArray(value) ? value.filter(isGiven) : isGiven(first) ? [first] : [];
    case "pair":
      return Array.isArray(value) && value.length === 2 ? value : [first ?? null, null];
    case "period":
      return isPeriod(value) ? value : "this_month";
    default:
      return first ?? null;
  }
}

/** Conditions that must all hold, as one that can stand among others. */
export function asOne(parts: Part[]): Part {
  return parts.length === 1 && parts[0] ? parts[0] : { all: parts };
}

/** Conditions out of an address or a stored view: anything that is not shaped like one is left out. */
export function conditionsOf(given: unknown): Part[] {
  if (!Array.isArray(given)) return [];
  return given.flatMap((one: unknown): Part[] => {
    if (typeof one !== "object" || one === null) return [];
    if ("field" in one && "op" in one)
      return typeof one.field === "string" && typeof one.op === "string" ? [one as Condition] : [];
    const any = "any" in one ? conditionsOf(one.any) : [];
    if (any.length > 0) return [{ any }];
    const all = "all" in one ? conditionsOf(one.all) : [];
    return all.length > 0 ? [{ all }] : [];
  });
}

/** Every condition of a part, however deep. */
export function everyOf(part: Part): Condition[] {
  if ("any" in part) return part.any.flatMap(everyOf);
  return "all" in part ? part.all.flatMap(everyOf) : [part];
}

/** A part as people make one: ways of which any will do, each of conditions that must all hold; null: made otherwise. */
export function waysOf(part: Part): Condition[][] | null {
  const ways: Condition[][] = [];
  for (const way of "any" in part ? part.any : [part]) {
    const all = "all" in way ? way.all : [way];
    const plain = all.filter((one): one is Condition => "field" in one);
    if (plain.length < all.length) return null;
    ways.push(plain);
  }
  return ways;
}

/** The parts that ways stand for. One way alone is nothing but its conditions. */
export function partsOf(ways: Condition[][]): Part[] {
  const given = ways.filter((way) => way.length > 0);
  return given.length > 1 ? [{ any: given.map(asOne) }] : (given[0] ?? []);
}
