/** Quantities in packs that could not be read when they came: read as soon as it is known what they count. */
import { useEffect } from "react";
import { readLate } from "./counting";
import type { LinesGridProps } from "./LinesGrid";
import type { Lines } from "./useLines";

type Given = Pick<LinesGridProps, "field" | "packsOf">;

/** `typing`: the row that somebody types in; it waits until they are done. */
export function useReadLate(lines: Lines, { field, packsOf }: Given, today: string, typing?: string): void {
  // After every drawing: what lies behind a link comes without a change of the rows themselves.
  useEffect(() => {
    if (!packsOf) return;
    const rows = typing === undefined ? lines.now : lines.now.filter((row) => row.key !== typing);
    const cells = readLate(field.fields ?? [], rows, packsOf, lines.mayType, lines.before, today);
    if (cells.length > 0) lines.reread(cells);
  });
}
