/** Metrics to read: how a change is said and coloured, what it is compared with, and the course of it as a drawing. Pure. */
import type { Metric, MetricsAnswer, Span } from "@/api/dashboards";
import type { Heading, ListRow, ReportPage } from "@/api/types";
import type { Drawing } from "@/chart/drawing";
import { figure } from "@/look/figures";
import { roundedShare } from "@/look/short";

export interface Change {
  /** Without a sign. */
  text: string;
  direction: "up" | "down" | "same";
  tone: "good" | "bad" | "even";
}

/** Null where nothing is known of before. */
export function changeOf({ change, less_is_better }: Pick<Metric, "change" | "less_is_better">): Change | null {
  if (change === null || change === undefined) return null;
  const share = Number(roundedShare(change));
  if (!Number.isFinite(share)) return null;
  const text = figure("percent", String(Math.abs(share)));
  if (share === 0) return { text, direction: "same", tone: "even" };
  return { text, direction: share > 0 ? "up" : "down", tone: share > 0 === less_is_better ? "bad" : "good" };
}

/** Whether the time before is the same one of last year, or the one just before. */
export function comparedWith({ span, previous }: Pick<MetricsAnswer, "span" | "previous">): "year" | "before" | null {
  if (!previous) return null;
  return span && isYearBefore(span.first, previous.first) ? "year" : "before";
}

function isYearBefore(day: string, before: string): boolean {
  return Number(day.slice(0, 4)) - 1 === Number(before.slice(0, 4)) && day.slice(4) === before.slice(4);
}

export function spanText(span: Span): string {
  return span.first === span.last ? span.first : `${span.first} – ${span.last}`;
}

/** How much of its goal a metric reached; 0 where there is none. */
export function shareOf(value: string | null, goal: string | null): number {
  const full = Number(goal ?? 0);
  return full > 0 ? Number(value ?? 0) / full : 0;
}

/** The courses of metrics over the same times. */
export function trendOf(metrics: readonly Metric[]): Drawing | null {
  const names = [...new Set(metrics.flatMap((one) => one.trend.map(({ key }) => key)))].sort();
  if (names.length === 0) return null;
  const kinds = [...new Set(metrics.map((one) => one.kind))].slice(0, 2);
  return {
    isTime: true,
    names,
    rows: names.map(() => null),
    axes: kinds.map((kind) => ({ kind, label: metrics.find((one) => one.kind === kind)?.label ?? "" })),
    series: metrics
      .filter((one) => kinds.includes(one.kind))
      .map((one) => {
        const at = new Map(one.trend.map(({ key, value }) => [key, value]));
        const values = names.map((name) => at.get(name) ?? null);
        return {
          key: one.name,
          name: one.label,
          kind: one.kind,
          axis: kinds.indexOf(one.kind),
          values: values.map((value) => (value === null ? null : Number(value))),
          texts: values.map((value) => (value === null ? "–" : figure(one.kind, value))),
        };
      }),
  };
}

/** A drawing as the page of a report, to be read as a table. */
export function tableOf(drawing: Drawing, head: string): ReportPage {
  const columns: Heading[] = [
    { key: "name", label: head, kind: "text" },
    ...drawing.series.map((one) => ({ key: one.key, label: one.name, kind: one.kind, measure: true })),
  ];
  const rows = drawing.names.map(
    (name, place) =>
      ({
        name,
        ...Object.fromEntries(drawing.series.map((one) => [one.key, said(one.values[place])])),
      }) as unknown as ListRow,
  );
  return {
    form: "",
    report: "",
    columns,
    rows,
    next: null,
    parameters: {},
    total_rows: rows.length,
    totals: {},
    offset: 0,
  };
}

const said = (value: number | null | undefined) => (value === null || value === undefined ? null : String(value));
