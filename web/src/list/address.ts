/** What a list shows, as its address says it: so that Back, reload and shared links lead to the same rows. Pure. */
import type { Query } from "@/api/client";
import { conditionsOf, type Part } from "./condition";

export interface Asked {
  /** A declared view by its name, or a kept one by its number; empty: the table. */
  view: string;
  q: string;
  where: Part[];
  /** A formula, from a link or a kept view. */
  filter: string;
  /** Keys, the falling ones with a minus; null: as the form declares. */
  sort: string[] | null;
  columns: string[] | null;
  /** A key, dates with their grain behind a colon. */
  group: string;
  /** The month of a calendar, `2026-11`. */
  month: string;
  bin: boolean;
}

export const NOTHING: Asked = {
  view: "",
  q: "",
  where: [],
  filter: "",
  sort: null,
  columns: null,
  group: "",
  month: "",
  bin: false,
};

const names = (text: string | null) => {
  const found = (text ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
  return found.length > 0 ? found : null;
};

function json(text: string | null): unknown {
  try {
    return text ? JSON.parse(text) : [];
  } catch {
    return [];
  }
}

export function readAddress(address: URLSearchParams): Asked {
  return {
    view: address.get("view") ?? "",
    q: address.get("q") ?? "",
    where: conditionsOf(json(address.get("where"))),
    filter: address.get("filter") ?? "",
    sort: names(address.get("sort")),
    columns: names(address.get("columns")),
    group: address.get("group") ?? "",
    month: address.get("month") ?? "",
    bin: address.get("bin") === "1",
  };
}

export function writeAddress(asked: Asked): URLSearchParams {
  const address = new URLSearchParams();
  if (asked.view) address.set("view", asked.view);
  if (asked.q) address.set("q", asked.q);
  if (asked.where.length > 0) address.set("where", JSON.stringify(asked.where));
  if (asked.filter) address.set("filter", asked.filter);
  if (asked.sort) address.set("sort", asked.sort.join(","));
  if (asked.columns) address.set("columns", asked.columns.join(","));
  if (asked.group) address.set("group", asked.group);
  if (asked.month) address.set("month", asked.month);
  if (asked.bin) address.set("bin", "1");
  return address;
}

/** What a kept view holds: everything of the address that is not the place one looks at right now. */
export interface Settings {
  q?: string;
  where?: Part[];
  filter?: string;
  sort?: string[];
  columns?: string[];
  group?: string;
  widths?: Record<string, number>;
  /** The declared view that it stands on. */
  view?: string;
}

export function settingsOf(asked: Asked, declared: string): Settings {
  const settings: Settings = {};
  if (asked.q) settings.q = asked.q;
  if (asked.where.length > 0) settings.where = asked.where;
  if (asked.filter) settings.filter = asked.filter;
  if (asked.sort) settings.sort = asked.sort;
  if (asked.columns) settings.columns = asked.columns;
  if (asked.group) settings.group = asked.group;
  if (declared) settings.view = declared;
  return settings;
}

export function askedOf(settings: Settings, view: string): Asked {
  return {
    ...NOTHING,
    view,
    q: settings.q ?? "",
    where: conditionsOf(settings.where ?? []),
    filter: settings.filter ?? "",
    sort: settings.sort ?? null,
    columns: settings.columns ?? null,
    group: settings.group ?? "",
  };
}

/** Whether two states of a list show the same, apart from the month of a calendar. */
export function isSame(one: Asked, other: Asked): boolean {
  return writeAddress({ ...one, month: "" }).toString() === writeAddress({ ...other, month: "" }).toString();
}

/** Whether the rows are fewer than all. */
export function isNarrowed(asked: Asked): boolean {
  return asked.q !== "" || asked.where.length > 0 || asked.filter !== "";
}

/** Which rows, as the server is asked: without columns, order and place. */
export function selection(asked: Asked, conditions: Part[]): Query {
  return {
    q: asked.q,
    filter: asked.filter,
    where: conditions.length > 0 ? JSON.stringify(conditions) : undefined,
  };
}

/**
 * The order after a click on a head: rising, falling, as declared again; `added` keeps the other keys before it. Where
 * the declared order stands, the click turns it: going back to it would change nothing.
 */
export function nextSort(
  sort: string[] | null,
  key: string,
  added: boolean,
  declared: readonly string[] = [],
): string[] | null {
  const now = sort ?? [...declared];
  const place = now.findIndex((one) => one.replace(/^-/, "") === key);
  const at = now[place];
  const next = at === undefined ? key : at === key ? `-${key}` : sort === null ? key : null;
  const others = added ? now.filter((_, n) => n !== place) : [];
  if (next === null) return others.length > 0 ? others : null;
  if (added && place >= 0) return now.map((one, n) => (n === place ? next : one));
  return [...others, next];
}
