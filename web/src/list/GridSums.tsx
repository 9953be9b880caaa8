/** The sums of a list, under its rows and always in sight. */
// biome-ignore-all lint/a11y/useSemanticElements: a grid of which only the rows in sight are drawn cannot be a table element; the pattern of ARIA says the rest
// biome-ignore-all lint/a11y/useFocusableInteractive: a grid of which only the rows in sight are drawn cannot be a table element; the pattern of ARIA says the rest
import { useTranslation } from "react-i18next";
import { figure, isNegative } from "@/look/figures";
import type { Column } from "./columns";

interface Props {
  columns: Column[];
  sums: Record<string, string>;
  hasChecks: boolean;
}

export function GridSums({ columns, sums, hasChecks }: Props) {
  const { t } = useTranslation("list");
  return (
    <div className="grid-row grid-sums" role="row" aria-label={t("sums")}>
      {hasChecks && (
        <div role="gridcell" className="grid-cell soft" tabIndex={-1}>
          {t("sum")}
        </div>
      )}
      {columns.map((column, place) => (
        <div
          key={column.key}
          role="gridcell"
          // A long sum takes the room of the column before it, where that has none.
          className={sums[columns[place - 1]?.key ?? ""] ? "grid-cell is-figure" : "grid-cell is-figure has-room"}
        >
          {place === 0 && !hasChecks && sums[column.key] === undefined ? (
            <span className="soft grid-sums-label">{t("sum")}</span>
          ) : (
            <Sum column={column} value={sums[column.key]} />
          )}
        </div>
      ))}
      <div className="grid-cell" role="presentation" />
    </div>
  );
}

export function Sum({ column, value }: { column: Column; value: string | undefined }) {
  if (value === undefined) return null;
  const text = figure(column.shape.kind, value);
  return (
    <span className={isNegative(value) ? "figure negative" : "figure"} title={text}>
      {text}
    </span>
  );
}
