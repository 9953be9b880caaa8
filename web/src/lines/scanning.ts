/** Scans in the order in which they came, however long each look-up takes; and what a scan does to rows. Pure. */
import type { Field, Linked } from "@/api/types";
import { isBlank, isLinked } from "@/fields/shape";
import type { Scanned } from "@/scan/code";
import type { Change } from "./history";
import { type GridRow, newRowKey } from "./rows";
import { added } from "./totals";

/** What is scanned: the first link that must be filled. What is counted: the first quantity. Decided by the form alone. */
export function scanColumns(columns: readonly Field[]): { link: Field; count: Field | null } | null {
  const links = columns.filter(
    (one) => one.kind === "link" && one.typed && !one.read_only && one.link && !one.link.lines,
  );
  const link = links.find((one) => one.required !== null) ?? links[0];
  if (!link) return null;
  const figures = columns.filter((one) => one.typed && !one.read_only);
  const count = figures.find((one) => one.kind === "quantity") ?? figures.find((one) => one.kind === "number") ?? null;
  return { link, count };
}

/** One more of what is in a row already, or a row for what is not: a row that is still empty, or a new one at the end. */
export function counted(
  rows: readonly GridRow[],
  names: { link: string; count: string | null },
  what: Linked,
  times: string,
  typedBefore: (row: GridRow, column: string) => GridRow[string],
): { change: Change; row: number } {
  const { link, count } = names;
  const own = rows.findIndex((row) => {
    const linked = row[link];
    return isLinked(linked) && linked.id === what.id;
  });
  const at = own >= 0 ? own : rows.findIndex((row) => isBlank(row[link]) && (count === null || isBlank(row[count])));
  const row = rows[at];
  if (!row) {
    const made = { key: newRowKey(), [link]: what, ...(count === null ? {} : { [count]: times }) } as GridRow;
    return { change: { kind: "added", rows: [{ at: rows.length, row: made }] }, row: rows.length };
  }
  const cells = own >= 0 ? [] : [{ key: row.key, column: link, before: typedBefore(row, link), after: what as Linked }];
  const counts =
    count === null
      ? []
      : [{ key: row.key, column: count, before: typedBefore(row, count), after: added(row[count], times) }];
  return { change: { kind: "cells", cells: [...cells, ...counts] }, row: at };
}

interface Hooks {
  /** What carries the code; null if nothing does. */
  find: (code: string) => Promise<Linked | null>;
  found: (scanned: Scanned, what: Linked) => void;
  /** Nothing carries it, or it could not be asked (`isUnasked`). */
  missed: (scanned: Scanned, isUnasked: boolean) => void;
  /** How many wait for an answer. */
  waiting: (count: number) => void;
}

/** Look-ups run side by side; their answers are taken one after the other, in the order of the scans. */
export class ScanQueue {
  private tail: Promise<void> = Promise.resolve();
  private open = 0;

  constructor(private readonly hooks: Hooks) {}

  push(scanned: Scanned): Promise<void> {
    this.open += 1;
    this.hooks.waiting(this.open);
    const asked = this.hooks.find(scanned.code).then(
      (what) => () => (what ? this.hooks.found(scanned, what) : this.hooks.missed(scanned, false)),
      () => () => this.hooks.missed(scanned, true),
    );
    this.tail = this.tail.then(async () => {
      const act = await asked;
      this.open -= 1;
      this.hooks.waiting(this.open);
      act();
    });
    return this.tail;
  }
}

const SIGNS: Readonly<Record<string, string>> = {
  Minus: "-",
  Slash: "/",
  Period: ".",
  Space: " ",
  NumpadMultiply: "*",
};

/** The key that a gun pressed: an input method that is on hides what it was, but not where it lies. */
export function pressed(event: Pick<KeyboardEvent, "key" | "code" | "shiftKey">): string {
  if (event.key !== "Process" && event.key !== "Unidentified") return event.key;
  const { code } = event;
  if (code === "Enter" || code === "NumpadEnter") return "Enter";
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1];
  if (digit) return code === "Digit8" && event.shiftKey ? "*" : digit;
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter) return event.shiftKey ? letter : letter.toLowerCase();
  return SIGNS[code] ?? event.key;
}
