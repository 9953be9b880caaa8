/** The filters of a dashboard as they stand: of links the record's name with its number. Pure. */
import type { Dashboard } from "@/api/dashboards";
import type { Value } from "@/api/types";

export function givenIn({ parameters }: Pick<Dashboard, "parameters">): Record<string, Value> {
  return Object.fromEntries(
    parameters.map(({ name, kind, value, title }) => [
      name,
      kind === "link" && value !== null && value !== undefined && typeof value !== "object"
        ? { id: Number(value), title: title ?? null }
        : (value ?? null),
    ]),
  );
}
