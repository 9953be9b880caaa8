/** Quantities in packs wherever they are typed: what a text means for a row and its unit, also once that is known late. Pure. */
import type { Field, Packs, Value } from "@/api/types";
import { isLinked, shapeOf } from "@/fields/shape";
import type { CellChange } from "./history";
import { inBase, mixed, packedIn } from "./packs";
import { isUnreadable, readCell } from "./reading";
import type { GridRow } from "./rows";

export type PacksOf = (column: Field, row: GridRow) => Packs | null;

/** What a cell of a row becomes. */
export interface Meant {
  name: string;
  value: Value;
}

interface Known {
  today: string;
  packs: Packs | null;
  /** Whether the unit beside the quantity may be changed. */
  mayTypeUnit: boolean;
}

/** What a text means in a cell; of a quantity in packs also the unit. What cannot be read stays as it was typed. */
export function meant(field: Field, row: GridRow, text: string, { today, packs, mayTypeUnit }: Known): Meant[] {
  const reading = readCell(shapeOf(field), text, today);
  if (reading.isRead) return [{ name: field.name, value: reading.value }];
  const packed = field.packs && packs && packedIn(text, packs);
  const unit = field.packs?.in_unit;
  if (packed && unit && mayTypeUnit) {
    return [
      { name: field.name, value: packed.quantity },
      { name: unit, value: packed.unit },
    ];
  }
  const isBase = packs && (!unit || idIn(row[unit]) === packs.base.id);
  return [{ name: field.name, value: (packed && isBase && inBase(packed, packs)) || text }];
}

/**
 * Cells that hold a text in packs which can be read by now: pasted before it was known what they count, or typed before
 * the server had said in which units.
 */
export function readLate(
  fields: readonly Field[],
  rows: readonly GridRow[],
  packsOf: PacksOf,
  mayType: (column: string, row: GridRow) => boolean,
  before: (row: GridRow, column: string) => Value,
  today: string,
): CellChange[] {
  const cells: CellChange[] = [];
  for (const field of fields) {
    if (!field.packs) continue;
    const shape = shapeOf(field);
    const unit = field.packs.in_unit;
    // Asked with every key, of every row: most hold figures.
    for (const row of rows) {
      const text = row[field.name];
      if (typeof text !== "string" || !isUnreadable(shape, text)) continue;
      const mayTypeUnit = Boolean(unit && mayType(unit, row));
      const become = meant(field, row, text, { today, packs: packsOf(field, row), mayTypeUnit });
      if (become[0]?.value === text) continue;
      for (const { name, value } of become)
        cells.push({ key: row.key, column: name, before: before(row, name), after: value });
    }
  }
  return cells;
}

/** A quantity of a row as it is counted in packs; null where it is in other units, or no pack is full. */
export function inPacks(field: Field, row: GridRow, packs: Packs | null): string | null {
  const unit = field.packs?.in_unit;
  if (!packs || (unit && idIn(row[unit]) !== packs.base.id)) return null;
  return mixed(String(row[field.name] ?? ""), packs);
}

function idIn(value: Value): number {
  return isLinked(value) ? value.id : 0;
}
