/** The sums under the rows. */
// biome-ignore-all lint/a11y/useSemanticElements: a grid of which only the rows in sight are drawn cannot be a table element; the pattern of ARIA says the rest
// biome-ignore-all lint/a11y/useFocusableInteractive: one cell of the whole grid is in the order of focus at a time
import { memo, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { figure, isNegative } from "@/look/figures";
import { type Column, isSummed } from "./columns";
import type { GridRow } from "./rows";
import { Sums } from "./totals";

interface Props {
  rows: readonly GridRow[];
  columns: readonly Column[];
  /** Which row of the grid it is, heads included. */
  place: number;
  readOnly: boolean;
}

export const SumsRow = memo(function SumsRow({ rows, columns, place, readOnly }: Props) {
  const { t } = useTranslation("lines");
  const [kept] = useState(() => new Sums());
  const sums = useMemo(
    () => new Map(rows.length === 0 ? [] : columns.filter(isSummed).map((one) => [one.key, kept.of(rows, one.key)])),
    [kept, rows, columns],
  );
  return (
    <div role="row" aria-rowindex={place} className="lines-row lines-sums">
      <div role="rowheader" className="lines-cell lines-place" aria-label={t("sums")}>
        Σ
      </div>
      {columns.map((one, at) => {
        const sum = sums.get(one.key) ?? null;
        const names = ["lines-cell", one.isFigure ? "is-figure" : "", at === 0 ? "is-stuck" : ""];
        return (
          <div key={one.key} role="gridcell" aria-colindex={at + 2} className={names.join(" ")}>
            {sum !== null && (
              <span className={isNegative(sum) ? "lines-text negative" : "lines-text"}>
                {figure(one.shape.kind, sum)}
              </span>
            )}
          </div>
        );
      })}
      {!readOnly && <div role="gridcell" className="lines-cell lines-end" />}
    </div>
  );
});
