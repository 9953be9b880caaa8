/** What the page of an address needs is asked for at once, while it is still being found out who asks. */
import type { QueryClient } from "@tanstack/react-query";
import { formQuery, menusQuery, recordQuery, sessionQuery } from "@/api/queries";
import { later } from "./loading";

/** The pages that most addresses need. */
export const PAGES = {
  home: later(() => import("./HomePage")),
  list: later(() => import("@/list/ListPage")),
  record: later(() => import("@/record/RecordPage")),
  report: later(() => import("@/report/ReportPage")),
  dashboard: later(() => import("@/dashboard/DashboardPage")),
};

export type Asked = { page: keyof typeof PAGES; form?: string; id?: number };

/** Addresses whose first word is no form. */
const OWN = new Set([
  "activity",
  "channels",
  "dashboards",
  "flows",
  "messages",
  "open",
  "preferences",
  "rules",
  "scan",
  "shared",
]);

/** What an address asks for, as far as that is worth knowing early. */
export function askedBy(pathname: string): Asked | null {
  const [, form = "", more] = pathname.split("/");
  if (form === "") return { page: "home" };
  if (form === "reports") return { page: "report" };
  if (form === "dashboards" && more) return { page: "dashboard" };
  if (OWN.has(form)) return null;
  if (more === undefined) return { page: "list", form };
  if (more === "new") return { page: "record", form };
  return /^\d+$/.test(more) ? { page: "record", form, id: Number(more) } : null;
}

const INSIDE = "onebook.inside";

/** Remembered on this machine, so that nobody is asked for before anybody ever came in. */
export function remember(isInside: boolean): void {
  if (isInside) localStorage.setItem(INSIDE, "1");
  else localStorage.removeItem(INSIDE);
}

/**
 * Asks ahead for somebody who was here last time, until the page itself is loaded. What is refused is refused again where
 * it shows.
 */
export async function askAhead(queries: QueryClient, pathname: string): Promise<void> {
  const asked = askedBy(pathname);
  if (!asked || localStorage.getItem(INSIDE) === null) return;
  const loaded = PAGES[asked.page].load().catch(() => undefined);
  void queries.prefetchQuery(sessionQuery);
  void queries.prefetchQuery(menusQuery);
  if (asked.form) void queries.prefetchQuery(formQuery(asked.form));
  if (asked.form && asked.id) void queries.prefetchQuery(recordQuery(asked.form, asked.id));
  await loaded;
}
