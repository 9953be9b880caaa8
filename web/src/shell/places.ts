/** Places: where one may go, and the four parts of the house that they stand in. */
import type { Menu, MenuItem } from "@/api/types";

export type Part = "home" | "tables" | "dashboards" | "flows";

export interface Place {
  address: string;
  label: string;
  group: string;
  /** Makes a new record, where that is allowed. */
  begins: string | null;
}

/** The address of a place in the menus. */
export function addressOf(item: MenuItem): string {
  if (item.dashboard) return `/dashboards/${item.dashboard}`;
  return item.report ? `/reports/${item.report}` : `/${item.form}`;
}

export function placesOf(menus: readonly Menu[]): Place[] {
  return menus.flatMap((group) =>
    group.items.map((item) => ({
      address: addressOf(item),
      label: item.label,
      group: group.label,
      begins: item.may_create && item.form ? `/${item.form}/new` : null,
    })),
  );
}

/** The part that an address belongs to; places of the menus belong to whichever part one came from. */
export function partOf(pathname: string): Part | null {
  if (pathname === "/") return "home";
  if (pathname === "/activity") return "tables";
  if (pathname === "/dashboards" || pathname.startsWith("/dashboards/")) return "dashboards";
  if (pathname === "/flows" || pathname.startsWith("/flows/")) return "flows";
  return null;
}
