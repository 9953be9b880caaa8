/** Boards: which columns they have, and which steps lead from one to another. Pure. */
import type { Form, Transition, Value } from "@/api/types";
import type { Column } from "./columns";
import type { Part } from "./condition";

/** The records that share a value, as the server counts them. */
export interface Group {
  value: Value;
  label: string | null;
  count: number;
  where: Part[];
}

/** The steps that this user may take from one state to another; to `null`: to any. */
export function stepsBetween(form: Form, from: string, to: string | null): Transition[] {
  return form.transitions.filter((one) => one.may_run && one.from.includes(from) && (to === null || one.to === to));
}

/** The columns of a board: every value that a choice can have, in its order, and what else there is. */
export function boardColumns(by: Column, groups: Group[]): Group[] {
  const { kind, options } = by.shape;
  if (kind === "flag")
    return [true, false].map(
      (value) => groups.find((one) => one.value === value) ?? { value, label: null, count: 0, where: [] },
    );
  if (kind !== "choice" || !options) return groups;
  const all = Object.entries(options).map(
    ([value, label]) => groups.find((one) => one.value === value) ?? { value, label, count: 0, where: [] },
  );
  return [...groups.filter((one) => one.value === null), ...all];
}
