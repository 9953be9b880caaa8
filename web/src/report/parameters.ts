/** What a report was asked for, as it stands in the address: parameters, order, page. Pure. */

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
