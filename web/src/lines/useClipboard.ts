/** Copying, cutting and pasting in the grid, also from and to spreadsheets. */
import type { ClipboardEvent } from "react";
import type { Value } from "@/api/types";
import { asTable } from "./clipboard";
import type { Column } from "./columns";
import type { Hand } from "./hand";
import { cellText, isMany, type Message, type Paste, type PasteColumn, taken } from "./pasting";
import { readCell } from "./reading";

interface Words {
  yes: string;
  no: string;
}

/** The last thing copied here: its links are pasted as the links that they are. */
let copied: { text: string; cells: { column: Column; value: Value }[][] } | null = null;

export function useClipboard(
  hand: Hand,
  words: Words,
  today: string,
  message: Message | null,
  onPaste: (paste: Paste, row: number) => void,
) {
  const { lines, columns, column, active, block, readOnly, cellsOf } = hand;
  const onCopy = (event: ClipboardEvent, isCut: boolean) => {
    if (hand.isTyping || (event.target as HTMLElement).closest(".lines-boxed")) return;
    const cells = cellsOf({ ...block, bottom: Math.min(block.bottom, Math.max(block.top, lines.now.length - 1)) });
    const text = asTable(cells.map((line) => line.map((one) => cellText(one.column.shape, one.value, words))));
    copied = { text, cells };
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
    if (isCut && !readOnly) hand.clear();
  };
  const onPasted = (event: ClipboardEvent) => {
    const text = event.clipboardData.getData("text/plain");
    const isOne = !isMany(text);
    if (readOnly || text === "" || (event.target as HTMLElement).closest(".lines-boxed")) return;
    if (hand.isTyping && isOne) return;
    event.preventDefault();
    hand.finish();
    hand.keepFocus();
    const own = copied && copied.text === text.replace(/\r\n/g, "\n") ? copied.cells : null;
    const single = own?.length === 1 && own[0]?.length === 1 ? own[0][0] : undefined;
    if (single && fits(single.column, column)) {
      const cells = cellsOf(block).flat();
      return lines.fill(cells.map((one) => ({ row: one.row, column: one.column.key, value: single.value ?? null })));
    }
    if (own?.every((line) => line.every((one, at) => fits(one.column, columns[active.column + at])))) {
      return onPaste(known(own), active.row);
    }
    if (isOne) return pasteOne(text);
    const paste = taken(text, { columns: columns.map(pasteColumn), column: active.column, today, message });
    onPaste(paste, active.row);
  };
  const pasteOne = (text: string) => {
    if (!column) return;
    if (column.shape.kind === "link") return hand.enter(text.trim());
    const reading = readCell(column.shape, text, today);
    const value = reading.isRead ? reading.value : text.trim();
    lines.fill(
      cellsOf(block)
        .flat()
        .map((one) => ({ row: one.row, column: one.column.key, value })),
    );
  };
  const known = (own: NonNullable<typeof copied>["cells"]): Paste => ({
    where: "over",
    unused: [],
    columns: (own[0] ?? []).map((_, at) => columns[active.column + at]?.key ?? ""),
    rows: own.map((line) => ({
      source: "",
      cells: Object.fromEntries(
        line.flatMap((one, at) => {
          const to = columns[active.column + at];
          return to?.field ? [[to.key, { text: "", value: one.value ?? null }]] : [];
        }),
      ),
    })),
  });
  return { onCopy, onPasted };
}

export function pasteColumn(column: Column): PasteColumn {
  const isTyped = Boolean(column.field?.typed && !column.field.read_only);
  const isCounted = Boolean(column.field?.packs);
  return { key: column.key, label: column.label, shape: column.shape, isTyped, isCounted };
}

/** Whether what was copied from one column can go into another as it is. */
function fits(from: Column, to: Column | undefined): boolean {
  if (!to) return false;
  if (from.key === to.key) return true;
  return from.shape.kind === to.shape.kind && from.shape.to === to.shape.to && from.shape.kind !== "choice";
}
