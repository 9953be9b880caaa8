/** Dashboards as the server says them: tiles on a grid, what each of them shows, and who else gets to see them. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, type Query } from "./client";
import type { Kind, Page, ReportPage, Value } from "./types";

/** Where a tile stands, in columns of twelve and in rows. */
export interface Place {
  x: number;
  y: number;
  w: number;
  h: number;
}

export type Draw =
  | "number"
  | "gauge"
  | "table"
  | "pivot"
  | "line"
  | "bar"
  | "stacked"
  | "area"
  | "pie"
  | "funnel"
  | "scatter"
  | "map"
  | "calendar";

export interface Parameter {
  name: string;
  kind: Kind;
  label: string;
  to: string | null;
  options?: Record<string, string>;
  has_default: boolean;
  /** As it stands: what was given, or the default; of a link its number, whose record `title` names. */
  value: Value;
  title?: string | null;
}

export interface Tile {
  tile: string;
  label: string | null;
  at: Place;
  kind: "metrics" | "report" | "list" | "shortcuts" | "todos" | "flows" | "text";
  draw: Draw;
  /** Forms whose changes concern it. */
  forms?: string[];
  may_export?: boolean;
  /** What the filters have to say before it has anything to show. */
  awaits?: string[];
}

export interface DashboardEntry {
  name: string;
  label: string;
  help: string | null;
  is_wall: boolean;
}

export interface Dashboard extends DashboardEntry {
  parameters: Parameter[];
  tiles: Tile[];
}

export interface Span {
  first: string;
  last: string;
}

/** The report behind a figure, and the measure of it that the figure is. */
export interface MetricOpens {
  report: string;
  parameters: Record<string, Value>;
  metric: string;
  column: string | null;
  source: string;
}

export interface Metric {
  name: string;
  label: string;
  /** The rule by which it is counted. */
  help: string | null;
  kind: Kind;
  scale: number | null;
  /** Of which time it is: of days, as of a day, or of now. */
  time: "span" | "day" | "now";
  value: string | null;
  previous: string | null;
  /** A share: `0.12` is twelve percent more. */
  change: string | null;
  less_is_better: boolean;
  trend: { key: string; value: string | null }[];
  opens: MetricOpens | null;
  /** Of a formula: the metrics in it. */
  made_of?: string[];
}

export interface MetricsAnswer {
  kind: "metrics";
  span: Span | null;
  previous: Span | null;
  /** What counts as full. */
  goal: string | null;
  metrics: Metric[];
}

export interface ReportAnswer extends ReportPage {
  kind: "report";
}

/** Where something leads: to a list (with a condition), a new record, a report, a dashboard, or what awaits agreement. */
export interface Target {
  form?: string;
  new?: string;
  report?: string;
  dashboard?: string;
  filter?: string | null;
  flows?: boolean;
}

export interface ListAnswer extends Page {
  kind: "list";
  /** The condition that its rows meet. */
  filter?: string | null;
  /** A calendar that the form declares. */
  view?: string | null;
}

export interface Item {
  label: string;
  to: Target;
  count?: number;
  /** There are more than the count. */
  more?: boolean;
  /** What they come to, where the to-do sums a field. */
  sum?: string | null;
}

export interface ItemsAnswer {
  kind: "shortcuts" | "todos";
  items: Item[];
}

export interface TextAnswer {
  kind: "text";
  text: string;
}

export type TileAnswer = MetricsAnswer | ReportAnswer | ListAnswer | ItemsAnswer | TextAnswer;

export const dashboardKeys = {
  all: ["dashboards"] as const,
  /** `base`: where it is read: `dashboards/name`, or `shared/token`. */
  tiles: (base: string) => ["dashboards", base, "tiles"] as const,
};

export const dashboardsQuery = queryOptions({
  queryKey: [...dashboardKeys.all, "entries"],
  queryFn: () => api.get<DashboardEntry[]>("dashboards"),
  staleTime: 300_000,
});

export const dashboardQuery = (base: string, query: Query) =>
  queryOptions({
    queryKey: [...dashboardKeys.all, base, "described", query],
    queryFn: ({ signal }) => api.get<Dashboard>(base, query, signal),
    placeholderData: keepPreviousData,
    staleTime: 300_000,
  });

/** What a tile shows; the last answer stays in sight until the next one is there. */
export const tileQuery = <Answer extends TileAnswer>(base: string, tile: Tile, query: Query) =>
  queryOptions({
    queryKey: [...dashboardKeys.tiles(base), tile.tile, query],
    queryFn: ({ signal }) => api.get<Answer>(`${base}/tiles/${tile.tile}`, query, signal),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    meta: { figuresOf: tile.forms ?? "anything" },
  });

/** How a report is looked at: drawn as what, by which keys, across which, how many of its rows, beside what. */
export interface Look {
  draw?: Draw;
  rows?: string[];
  columns?: string[];
  sort?: string[];
  pivot?: string;
  top?: number;
  running?: boolean;
  share?: boolean;
  compare?: "previous" | "year";
}

/** What is handed to others: a dashboard, or a report as it is looked at. */
export type Thing = { dashboard: string } | { report: string; look: Look };

/** A link by which others read something for a while, with the rights of who made it. */
export interface Share {
  id: number;
  dashboard: string | null;
  report: string | null;
  look: Look;
  label: string;
  expires_at: string;
  created_at: string;
  last_read_at: string | null;
  reads: number;
}

/** A dashboard or report that comes by mail at its times. */
export interface Subscription {
  id: number;
  dashboard: string | null;
  report: string | null;
  look: Look;
  label: string;
  every: "day" | "week" | "month";
  /** Of a week 1 is Monday; of a month the day. */
  day: number | null;
  at: string;
  parameters: Record<string, Value>;
  format: "xlsx" | "pdf" | "link";
  channel: "mail" | "inbox";
  paused: boolean;
  next_at: string | null;
  last: { at: string; error: { code: string } | null } | null;
}

/** Whether something was handed on of this. */
export function isOf(thing: Thing, one: Pick<Share, "dashboard" | "report">): boolean {
  return "report" in thing ? one.report === thing.report : one.dashboard === thing.dashboard;
}

export const sharesQuery = queryOptions({
  queryKey: ["shares"],
  queryFn: () => api.get<Share[]>("shares"),
});

export const subscriptionsQuery = queryOptions({
  queryKey: ["subscriptions"],
  queryFn: () => api.get<Subscription[]>("subscriptions"),
});
