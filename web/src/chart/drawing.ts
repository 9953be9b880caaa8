/** What a picture of figures shows: which rows are its points, what they are called, and which measures it draws. Pure. */
import type { Heading, Kind, ListRow, ReportPage } from "@/api/types";
import { isBlank, shapeOfHeading } from "@/fields/shape";
import { shown } from "@/fields/shown";
import { FIGURES } from "@/look/figures";

export type Shape = "line" | "bar" | "stacked" | "area" | "pie" | "funnel" | "scatter";

export interface Series {
  key: string;
  name: string;
  kind: Kind;
  /** Which of the axes it is measured on. */
  axis: number;
  /** For pixels; the exact figures stand in `texts`. */
  values: (number | null)[];
  texts: string[];
  /** It is no sum: what of it matters is how it moves, and not how far it is from nothing. */
  isRate?: boolean;
}

export interface Drawing {
  isTime: boolean;
  names: string[];
  /** Of each point its row on the page; null: it is of several rows, or of none. */
  rows: (number | null)[];
  /** One axis for each kind of measure: pieces and amounts have no scale in common. */
  axes: { label: string; kind: Kind }[];
  series: Series[];
}

export interface Figures extends Pick<ReportPage, "rows"> {
  /** `of`: a column that came from a value of a key; the measure itself is the sum over all of them then. */
  columns: (Heading & { of?: string })[];
  /** What the rows come to that are not here. */
  others?: Record<string, string> | null | undefined;
}

export interface Ways {
  /** More points than this tell nothing. */
  most?: number;
  /** The rest, gathered into one; without it, it is left out. */
  others?: string | undefined;
  /** Times without a row are times without anything, as where records are summed. */
  fills?: boolean;
}

const MOST_POINTS = 30;
const MOST_SLICES = 8;
const MOST_SERIES = 8;
const MOST_FILLED = 800;
const TIMES: ReadonlySet<Kind> = new Set(["date", "month", "instant"]);
const NO_WORDS = { yes: "✓", no: "✗" };

/** What rows are called by: their keys, and the words beside them; a figure only where rows are grouped by it. */
export function keysIn(page: Figures): Heading[] {
  return page.columns.filter((column) => column.is_key || !(column.measure || FIGURES.has(column.kind)));
}

/** Sums as they run on, shares and changes are made of the others. */
const isDerived = (column: Heading) => /\.(running|share|change)$/.test(column.key);

/** Sums; where a page has none, its other figures: prices and ages have a course, and no sum. */
export function measuresIn(page: Figures): Heading[] {
  const figures = page.columns.filter((column) => FIGURES.has(column.kind) && !column.is_key && !isDerived(column));
  const sums = figures.filter((column) => column.measure);
  const measures = sums.length > 0 ? sums : figures;
  const across = measures.filter((column) => column.of !== undefined);
  return across.length > 0 ? across : measures;
}

/** Whether a page can be drawn at all: it has rows, something to measure and something to call them by. */
export function isDrawable(page: Figures): boolean {
  return page.rows.length > 0 && drawn(page).length > 0 && keysIn(page).length > 0;
}

/** The measures of a picture: shares stand beside amounts only where there is nothing else. */
function drawn(page: Figures): Heading[] {
  const measures = measuresIn(page);
  const sums = measures.filter((column) => column.kind !== "percent");
  return (sums.length > 0 ? sums : measures).slice(0, MOST_SERIES);
}

export function drawingOf(page: Figures, shape: Shape, ways: Ways = {}): Drawing | null {
  if (!isDrawable(page)) return null;
  const keys = keysIn(page);
  const measures = shape === "pie" || shape === "funnel" ? drawn(page).slice(0, 1) : drawn(page);
  const isTime = shape !== "pie" && shape !== "funnel" && keys.length === 1 && TIMES.has(keys[0]?.kind ?? "text");
  const places = page.rows.map((_, place) => place);
  const points = isTime
    ? inTime(page, keys, places, ways)
    : ranked(page, keys, measures, places, { most: shape === "pie" ? MOST_SLICES : MOST_POINTS, ...ways });
  const kinds = [...new Set(measures.map((column) => column.kind))].slice(0, 2);
  return {
    isTime,
    names: points.map((one) => one.name),
    rows: points.map(only),
    axes: kinds.map((kind) => ({ kind, label: measures.find((column) => column.kind === kind)?.label ?? "" })),
    series: measures
      .filter((column) => kinds.includes(column.kind))
      .map((column) => ({
        key: column.key,
        name: column.label,
        kind: column.kind,
        axis: kinds.indexOf(column.kind),
        values: points.map((one) => figureOf(page, column, one)),
        texts: points.map((one) => textOf(page, column, one)),
        ...(column.measure ? {} : { isRate: true }),
      })),
  };
}

interface Point {
  name: string;
  rows: number[];
  /** What is counted in besides the rows. */
  rest?: Record<string, string> | undefined;
}

// A picture is a picture: binary fractions are exact enough for pixels, and nothing else is computed from them.
const size = (row: ListRow | undefined, column: Heading) => Number(row?.[column.key] ?? 0);

/** A single row says its figure itself; several come to their sum, and none to nothing. */
function only(point: Point): number | null {
  return point.rows.length === 1 && !point.rest ? (point.rows[0] ?? null) : null;
}

function sumOf(page: Figures, column: Heading, point: Point): number {
  const rest = Number(point.rest?.[column.key] ?? 0);
  return point.rows.reduce((sum, place) => sum + size(page.rows[place], column), rest);
}

function figureOf(page: Figures, column: Heading, point: Point): number | null {
  const place = only(point);
  if (place === null) return column.measure ? sumOf(page, column, point) : null;
  const value = page.rows[place]?.[column.key];
  return isBlank(value) ? null : Number(value);
}

function textOf(page: Figures, column: Heading, point: Point): string {
  const shape = shapeOfHeading(column);
  const place = only(point);
  if (place !== null) return shown(shape, page.rows[place]?.[column.key], NO_WORDS) || "–";
  if (!column.measure) return "–";
  const sum = sumOf(page, column, point);
  return shown(shape, column.kind === "money" ? sum.toFixed(2) : String(Number(sum.toFixed(6))), NO_WORDS);
}

/** From the earliest on, whatever the order of the table. */
function inTime(page: Figures, keys: Heading[], places: number[], { fills }: Ways): Point[] {
  const found = places
    .map((place) => ({ name: nameOf(keys, page.rows[place]), rows: [place] }))
    .filter((one) => one.name !== "")
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  if (!fills) return found;
  const at = new Map(found.map((one) => [one.name, one]));
  const names = between(found[0]?.name ?? "", found.at(-1)?.name ?? "");
  return names ? names.map((name) => at.get(name) ?? { name, rows: [] }) : found;
}

/** All months (or days) from one to another; null where there are too many, or where these are no such texts. */
export function between(first: string, last: string): string[] | null {
  const isMonth = /^\d{4}-\d{2}$/.test(first);
  if (!isMonth && !/^\d{4}-\d{2}-\d{2}$/.test(first)) return null;
  const at = new Date(`${first}${isMonth ? "-01" : ""}T00:00:00Z`);
  const found: string[] = [];
  while (found.length < MOST_FILLED) {
    const name = at.toISOString().slice(0, first.length);
    if (name > last) return found;
    found.push(name);
    if (isMonth) at.setUTCMonth(at.getUTCMonth() + 1);
    else at.setUTCDate(at.getUTCDate() + 1);
  }
  return null;
}

/** The largest first; what is more than can be told apart is one point, or none. */
function ranked(page: Figures, keys: Heading[], measures: Heading[], places: number[], ways: Ways): Point[] {
  const [first] = measures;
  const { most = MOST_POINTS, others } = ways;
  const left = page.others ?? undefined;
  const named = (place: number) => ({ name: nameOf(keys, page.rows[place]) || "–", rows: [place] });
  const sorted = first
    ? [...places].sort((one, other) => size(page.rows[other], first) - size(page.rows[one], first))
    : places;
  if (sorted.length <= most && !(left && others && first?.measure)) return sorted.map(named);
  if (!others || !first?.measure) return sorted.slice(0, most).map(named);
  return [
    ...sorted.slice(0, most - 1).map(named),
    { name: others, rows: sorted.slice(most - 1), ...(left ? { rest: left } : {}) },
  ];
}

export function nameOf(columns: readonly Heading[], row: ListRow | undefined): string {
  return columns
    .filter((column) => !isBlank(row?.[column.key]))
    .map((column) => shown(shapeOfHeading(column), row?.[column.key], NO_WORDS))
    .join(" · ");
}
