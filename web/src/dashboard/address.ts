/** What a dashboard was asked for, as its address says it, and where what stands on it leads. Pure. */
import type { MetricOpens, Target } from "@/api/dashboards";
import type { Value } from "@/api/types";

export interface Asked {
  /** By the names of the dashboard's filters. */
  parameters: Record<string, string>;
  isWall: boolean;
}

/** Names that the address uses for itself. */
const OWN = new Set(["wall"]);

export function askedIn(address: URLSearchParams): Asked {
  const given = [...address.entries()].filter(([name, value]) => !OWN.has(name) && value !== "");
  return { parameters: Object.fromEntries(given), isWall: address.get("wall") === "1" };
}

/** The address after other filters were set, or after the wall was put up or left. */
export function changed(address: URLSearchParams, change: Record<string, string | null>): URLSearchParams {
  const next = new URLSearchParams(address);
  for (const [name, value] of Object.entries(change)) {
    if (value === null || value === "") next.delete(name);
    else next.set(name, value);
  }
  return next;
}

/** The address of a list, a report with its parameters, another dashboard. */
export function addressOf(to: Target): string {
  if (to.new) return `/${to.new}/new`;
  if (to.report) return `/reports/${to.report}`;
  if (to.dashboard) return `/dashboards/${to.dashboard}`;
  if (to.flows) return "/flows";
  const query = to.filter ? `?${new URLSearchParams({ filter: to.filter })}` : "";
  return `/${to.form ?? ""}${query}`;
}

/** The page of a report under the parameters that a figure was read with. */
export function reportAddress({ report, parameters }: Pick<MetricOpens, "report" | "parameters">): string {
  const given = Object.entries(parameters).flatMap(([name, value]) => {
    const text = textOf(value);
    return text === "" ? [] : [[name, text] as [string, string]];
  });
  return `/reports/${report}${given.length > 0 ? `?${new URLSearchParams(given)}` : ""}`;
}

function textOf(value: Value): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "object" && "id" in value) return String(value.id);
  return String(value);
}
