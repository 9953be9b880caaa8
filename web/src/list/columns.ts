/** What can stand in a column, a filter or an order of a form's list: its own fields, and what every record has. Pure. */
import type { Form, Heading, Kind } from "@/api/types";
import { type Shape, shapeOf, shapeOfHeading } from "@/fields/shape";
import { FIGURES } from "@/look/figures";
import { comparisonsOf } from "./condition";

export interface Column {
  key: string;
  shape: Shape;
  canSort: boolean;
  canFilter: boolean;
  canGroup: boolean;
}

/** What every record has besides its fields, in the reader's words. */
export type SystemWords = Record<
  "number" | "state" | "created_at" | "created_by" | "updated_at" | "updated_by",
  string
>;

const WITHOUT_ORDER: ReadonlySet<Kind> = new Set(["choices", "tags", "lines"]);
const GROUPED: ReadonlySet<Kind> = new Set(["text", "choice", "flag", "link", "date", "month", "instant"]);
const DATES: ReadonlySet<Kind> = new Set(["date", "instant"]);

function column(key: string, shape: Shape, isMasked = false): Column {
  const isKnown = shape.kind === "link" ? shape.to !== undefined : true;
  const isNamed = shape.kind !== "choice" && shape.kind !== "choices" ? true : shape.options !== undefined;
  return {
    key,
    shape,
    canSort: !isMasked && !WITHOUT_ORDER.has(shape.kind),
    canFilter: !isMasked && isKnown && isNamed && comparisonsOf(shape.kind).length > 0,
    canGroup: !isMasked && GROUPED.has(shape.kind),
  };
}

/** Every column that the list can have. `headings`: what the server said of columns that it has shown already. */
export function columnsOf(form: Form, words: SystemWords, headings: Heading[] = []): Column[] {
  const found = new Map<string, Column>();
  const add = (key: string, shape: Shape, isMasked = false) => {
    if (!found.has(key)) found.set(key, column(key, shape, isMasked));
  };
  const fields = form.fields.filter((field) => field.kind !== "lines");
  const declared = new Map(form.list.columns.map((one) => [one.key, one]));
  const said = new Map(headings.map((heading) => [heading.key, heading]));
  if (form.numbered) add("number", { kind: "text", label: declared.get("number")?.label ?? words.number });
  for (const field of fields) add(field.name, shapeOf(field), field.masked);
  if (form.states.length > 0) {
    const options = Object.fromEntries(form.states.map((state) => [state.name, state.label]));
    add("state", { kind: "choice", label: declared.get("state")?.label ?? words.state, options });
  }
  for (const one of form.list.columns) {
    const heading = said.get(one.key);
    if (heading) add(one.key, shapeOfHeading(heading));
    else if (one.kind) add(one.key, { kind: one.kind, label: one.label });
  }
  const stamps = [
    ["created_at", "instant"],
    ["created_by", "link"],
    ["updated_at", "instant"],
    ["updated_by", "link"],
  ] as const;
  for (const [key, kind] of stamps) {
    const heading = said.get(key);
    add(key, heading ? shapeOfHeading(heading) : { kind, label: words[key] });
  }
  return [...found.values()];
}

/** The columns in sight: those chosen, as far as they exist, or those that the form declares. */
export function chosen(all: Column[], form: Form, keys: string[] | null): Column[] {
  const byKey = new Map(all.map((one) => [one.key, one]));
  const pick = (names: string[]) => names.flatMap((name) => byKey.get(name) ?? []);
  const found = pick(keys ?? form.list.columns.map((one) => one.key));
  return found.length > 0 ? found : all.slice(0, 6);
}

/** The column that names the record: it leads there. */
export function titleColumn(form: Form, columns: Column[]): string | null {
  const own = columns.find((one) => one.key === form.title) ?? columns.find((one) => one.key === "number");
  return (own ?? columns.find((one) => one.shape.kind !== "link"))?.key ?? null;
}

/** What the recycle bin tells besides: when and by whom. */
export function columnsOfBin(headings: Heading[]): Column[] {
  const own = headings.filter((one) => one.key === "deleted_at" || one.key === "deleted_by");
  return own.map((one) => column(one.key, shapeOfHeading(one)));
}

const WIDTHS: Partial<Record<Kind, number>> = {
  text: 168,
  long_text: 240,
  link: 196,
  choice: 120,
  choices: 168,
  tags: 168,
  date: 112,
  month: 96,
  instant: 152,
  flag: 80,
  money: 128,
  quantity: 112,
  price: 112,
  percent: 88,
  number: 96,
};

export const NARROWEST = 56;
export const WIDEST = 800;

/** As wide as its kind usually needs, and never narrower than its head. */
export function usualWidth(shape: Shape): number {
  const head = [...shape.label].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 255 ? 15 : 8), 44);
  return Math.min(260, Math.max(WIDTHS[shape.kind] ?? 140, head));
}

/** How wide a text stands, roughly: letters of Chinese are twice as wide as Latin ones. */
function widthOf(text: string): number {
  return [...text].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 255 ? 14.5 : 8.2), 0);
}

const PADDING = 28;
const DOT = 18;

/** As wide as what stands in the first rows, within what its kind usually needs; a long text takes its usual room. */
export function fittedWidth(shape: Shape, texts: string[]): number {
  const usual = usualWidth(shape);
  if (texts.length === 0) return usual;
  const head = usualWidth({ kind: "flag", label: shape.label });
  const widest = Math.max(...texts.map(widthOf)) + PADDING + (shape.kind === "choice" ? DOT : 0);
  return Math.round(Math.min(Math.max(usual, 260), Math.max(head, widest)));
}

export function isFigure(one: Column): boolean {
  return FIGURES.has(one.shape.kind);
}

/** Ways to group by a column: dates by day, month or year. */
export function groupings(one: Column): string[] {
  if (!one.canGroup) return [];
  return DATES.has(one.shape.kind) ? [`${one.key}:month`, `${one.key}:day`, `${one.key}:year`] : [one.key];
}

/** A key moved to stand before another, or at the end. */
export function reordered(keys: string[], key: string, to: number): string[] {
  const rest = keys.filter((one) => one !== key);
  const at = Math.max(0, Math.min(to, rest.length));
  return [...rest.slice(0, at), key, ...rest.slice(at)];
}

/** What a card shows of a list's columns: its name, one state, and up to three further values, figures last. */
export function cardParts(columns: Column[], titleKey: string | null) {
  const title = columns.find((one) => one.key === titleKey) ?? columns[0];
  const state =
    columns.find((one) => one.key === "state") ??
    columns.findLast((one) => one.shape.kind === "choice" && one !== title);
  const rest = columns.filter((one) => one !== title && one !== state && one.shape.kind !== "choice");
  const words = rest.filter((one) => !isFigure(one)).slice(0, 2);
  const figure = rest.find(isFigure);
  return { title, state, words, figure };
}
