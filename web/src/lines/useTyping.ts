/** What is being typed in the active cell, and what becomes of it: entered while typing, finished or taken back. */
import { type RefObject, useRef, useState } from "react";
import type { Field, Value } from "@/api/types";
import { BOXED, PICKED } from "./cellEditor";
import type { Column } from "./columns";
import { type Meant, meant } from "./counting";
import type { LinesGridProps } from "./LinesGrid";
import type { EditorHandle } from "./PickEditor";
import { spelled } from "./reading";
import type { GridRow } from "./rows";
import type { Lines } from "./useLines";
import { useReadLate } from "./useReadLate";

interface Edit {
  key: string;
  /** The cell that is typed in, and what it brings along: the unit of a quantity. */
  cells: { column: string; before: Value; after: Value }[];
  isNewRow: boolean;
}

interface Given {
  given: LinesGridProps;
  lines: Lines;
  today: string;
  /** The active cell, whether its row is the empty one at the end, and whether it may be typed in. */
  column: Column | undefined;
  row: GridRow | undefined;
  isNew: () => boolean;
  mayType: () => boolean;
  onTyped: () => void;
  /** The editor that knows what its text means, where it has one. */
  handle: RefObject<EditorHandle | null>;
}

export function useTyping({ given, lines, today, column, row, isNew, mayType, onTyped, handle }: Given) {
  const edit = useRef<Edit | null>(null);
  const [draft, setDraft] = useState<string | null>(null);
  const typing = useRef(draft);
  typing.current = draft;
  const [isOpen, setOpen] = useState(false);
  useReadLate(lines, given, today, edit.current?.key);

  const write = (text: string | null) => {
    typing.current = text;
    setDraft(text);
  };
  const finish = () => {
    if (typing.current === null && !isOpen) return;
    handle.current?.settle();
    const done = edit.current;
    edit.current = null;
    if (done) {
      const { key, isNewRow } = done;
      lines.finished(
        done.cells.map((cell) => ({ key, ...cell })),
        isNewRow,
      );
    }
    write(null);
    setOpen(false);
  };
  const cancel = () => {
    const left = edit.current;
    edit.current = null;
    if (left?.isNewRow) lines.drop(left.key);
    else if (left) for (const { column, before } of left.cells) lines.live(left.key, column, before);
    write(null);
    setOpen(false);
  };
  const enter = (text: string) => {
    if (!column?.field || !row || !mayType()) return;
    onTyped();
    write(text);
    if (PICKED.has(column.shape.kind)) {
      setOpen(true);
      return;
    }
    const isNewRow = edit.current?.isNewRow ?? isNew();
    const known = new Map(edit.current?.cells.map((one) => [one.column, one.before]));
    const cells = readIn(column.field, row, text).map(({ name, value }) => ({
      column: name,
      before: known.has(name) ? known.get(name) : lines.before(row, name),
      after: value,
    }));
    // What was brought along by what was typed before, and is not any more.
    const left = edit.current?.cells.filter((one) => cells.every((own) => own.column !== one.column)) ?? [];
    edit.current = { key: row.key, cells, isNewRow };
    for (const one of left) lines.live(row.key, one.column, one.before);
    for (const one of cells) lines.live(row.key, one.column, one.after);
  };
  /** What a text says: of a quantity in packs also the unit. */
  const readIn = (own: Field, at: GridRow, text: string): Meant[] => {
    const unit = own.packs?.in_unit;
    const packs = (own.packs && given.packsOf?.(own, at)) || null;
    return meant(own, at, text, { today, packs, mayTypeUnit: Boolean(unit && lines.mayType(unit, at)) });
  };
  const begin = () => {
    if (!column || !row || !mayType()) return;
    if (column.shape.kind === "flag") return lines.set(row, column.key, row[column.key] !== true);
    if (BOXED.has(column.shape.kind) || PICKED.has(column.shape.kind)) return setOpen(true);
    if (typing.current !== null) return;
    write(spelled(column.shape, row[column.key]));
  };
  return { draft, typing, isOpen, setOpen, write, finish, cancel, enter, begin };
}
