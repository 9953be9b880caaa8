/** What a report was asked for, as it stands in the address: parameters, how it is looked at, order, page. Pure. */
import type { Draw, Look } from "@/api/dashboards";
import type { ReportPage, Value } from "@/api/types";

export interface Asked {
  parameters: Record<string, string>;
  sort: string | null;
  page: number;
}

export const PAGE_SIZE = 100;

/** Names that the address uses for itself. */
const OWN = new Set(["sort", "page", "chart"]);

export function askedIn(address: URLSearchParams): Asked {
  const given = [...address.entries()].filter(([name, value]) => !OWN.has(name) && value !== "");
  return {
    parameters: Object.fromEntries(given),
    sort: address.get("sort"),
    page: Math.max(1, Number(address.get("page") ?? 1) || 1),
  };
}

/** Names that say how a report is looked at, and not what it is asked. */
const LOOKS = new Set(["rows", "columns", "pivot", "top", "running", "share", "compare"]);

/** The parameters of the report itself. */
export function parametersIn({ parameters }: Asked): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => !LOOKS.has(name)));
}

/** How it is looked at, as it is handed to others. */
export function lookIn({ parameters, sort }: Asked, draw: Draw): Look {
  const { rows, columns, pivot, top, running, share, compare } = parameters;
  return {
    ...(draw === "table" ? {} : { draw }),
    ...(rows ? { rows: rows.split(",") } : {}),
    ...(columns ? { columns: columns.split(",") } : {}),
    ...(pivot ? { pivot } : {}),
    ...(sort ? { sort: sort.split(",") } : {}),
    ...(top ? { top: Number(top) } : {}),
    ...(running ? { running: true } : {}),
    ...(share ? { share: true } : {}),
    ...(compare === "previous" || compare === "year" ? { compare } : {}),
  };
}

/** The values that the server used, of links with what their records are called. */
export function givenIn({ parameters, titles }: Pick<ReportPage, "parameters" | "titles">): Record<string, Value> {
  const named = ([name, value]: [string, Value]): [string, Value] =>
    titles && name in titles && value ? [name, { id: Number(value), title: titles[name] ?? null }] : [name, value];
  return Object.fromEntries(Object.entries(parameters).map(named));
}

/** What the server is asked. */
export function questionOf(asked: Asked): Record<string, string | number | null> {
  return { ...asked.parameters, sort: asked.sort, limit: PAGE_SIZE, offset: (asked.page - 1) * PAGE_SIZE };
}

/** The address after a change; another order or parameter begins at the first page again. */
export function changed(address: URLSearchParams, change: Record<string, string | null>): URLSearchParams {
  const next = new URLSearchParams(address);
  if (!("page" in change)) next.delete("page");
  for (const [name, value] of Object.entries(change)) {
    if (value === null || value === "") next.delete(name);
    else next.set(name, value);
  }
  return next;
}

/** The next order after a click on a head: rising, falling, the report's own. */
export function turned(sort: string | null, key: string): string | null {
  if (sort === key) return `-${key}`;
  return sort === `-${key}` ? null : key;
}
