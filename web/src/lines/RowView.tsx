/** One row of the grid: texts, and the editor in its active cell. Drawn anew only when something in it changes. */
// biome-ignore-all lint/a11y/useSemanticElements: a grid of which only the rows in sight are drawn cannot be a table element; the pattern of ARIA says the rest
// biome-ignore-all lint/a11y/useFocusableInteractive: one cell of the whole grid is in the order of focus at a time
import { DeleteOutlined, QuestionCircleOutlined } from "@ant-design/icons";
import { memo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Value } from "@/api/types";
import { LinkText } from "@/fields/LinkText";
import { isBlank, isLinked } from "@/fields/shape";
import { SILENT, shown } from "@/fields/shown";
import { isNegative } from "@/look/figures";
import { besideKey, type Column } from "./columns";
import type { BesideFigure } from "./LinesGrid";
import { isUnreadable } from "./reading";
import type { GridRow } from "./rows";

export interface RowProps {
  row: GridRow;
  place: number;
  /** From the top of all rows, in pixels. */
  top: number;
  columns: readonly Column[];
  /** For each column: hidden, read, typed, typed and required (`h`, `r`, `e`, `q`). */
  states: string;
  beside: Record<string, BesideFigure> | undefined;
  /** More words about the record in the column of this key, so that several of one name are told apart. */
  more: string;
  moreIn: string;
  /** What is wrong: column and text by turns. A column without a name is the row. */
  wrong: string;
  /** Quantities as they are counted in packs: column and words by turns. */
  mixed: string;
  /** The column of the active cell; -1 in other rows. */
  active: number;
  left: number;
  right: number;
  editor: ReactNode;
  readOnly: boolean;
  /** It may be taken away. */
  mayGo: boolean;
  isSpare: boolean;
  /** A scan has just changed the row, so many times by now. */
  flash: number;
  onWhy: boolean;
}

export const SEPARATOR = "\u0001";

export function wrongIn(wrong: string): Map<string, string> {
  const found = new Map<string, string>();
  const parts = wrong === "" ? [] : wrong.split(SEPARATOR);
  for (let at = 0; at + 1 < parts.length; at += 2) found.set(parts[at] ?? "", parts[at + 1] ?? "");
  return found;
}

export function cellValue(column: Column, row: GridRow, beside: Record<string, BesideFigure> | undefined): Value {
  if (column.field) return row[column.key];
  return Object.entries(beside ?? {}).find(([name]) => besideKey(name) === column.key)?.[1].value;
}

export const RowView = memo(function RowView(props: RowProps) {
  const { row, place, top, columns, states, beside, active, left, right, editor, readOnly, isSpare, flash } = props;
  const { t } = useTranslation("lines");
  const wrong = wrongIn(props.wrong);
  const mixed = wrongIn(props.mixed);
  const own = wrong.get("");
  const classes = ["lines-row", isSpare ? "is-spare" : "", active >= 0 ? "is-here" : ""];
  return (
    <div
      role="row"
      aria-rowindex={place + 2}
      className={classes.join(" ")}
      // Not moved by a transform: each would be a layer of its own, put together anew with every key.
      style={{ top }}
      data-flash={flash || undefined}
    >
      {flash > 0 && <span key={flash} className="lines-flash" />}
      <div
        role="rowheader"
        className={own ? "lines-cell lines-place is-wrong" : "lines-cell lines-place"}
        data-row={place}
        title={own}
      >
        {isSpare ? "+" : place + 1}
      </div>
      {columns.map((column, at) => {
        const state = states[at];
        const isActive = at === active;
        const value = cellValue(column, row, beside);
        const text = wrong.get(column.key) ?? (isUnreadable(column.shape, value) ? t("unreadable") : undefined);
        const isChosen = at >= left && at <= right;
        const names = [
          "lines-cell",
          column.isFigure ? "is-figure" : "",
          at === 0 ? "is-stuck" : "",
          isActive ? "is-active" : "",
          isChosen ? "is-chosen" : "",
          text ? "is-wrong" : "",
          state === "r" && !readOnly ? "is-read" : "",
          column.field ? "" : "is-beside",
        ];
        return (
          <div
            key={column.key}
            role="gridcell"
            aria-colindex={at + 2}
            aria-selected={isChosen}
            aria-readonly={state === "r" || undefined}
            aria-required={state === "q" || undefined}
            aria-invalid={text ? true : undefined}
            className={names.join(" ")}
            data-row={place}
            data-column={at}
            tabIndex={isActive && !editor ? 0 : -1}
            title={isActive ? undefined : text}
          >
            {isActive && editor ? editor : state === "h" ? null : cell(column, value, readOnly, beside)}
            {mixed.has(column.key) && <span className="lines-more">{mixed.get(column.key)}</span>}
            {props.more !== "" && column.key === props.moreIn && <span className="lines-more">{props.more}</span>}
            {isActive &&
              props.onWhy &&
              state === "r" &&
              column.field &&
              (column.field.formula || column.field.meter) && (
                <button
                  type="button"
                  tabIndex={-1}
                  className="lines-why"
                  aria-label={t("why")}
                  title={t("why")}
                  data-why
                >
                  <QuestionCircleOutlined aria-hidden="true" />
                </button>
              )}
          </div>
        );
      })}
      {!readOnly && (
        <div className="lines-cell lines-end" role="gridcell" aria-colindex={columns.length + 2}>
          {props.mayGo && !isSpare && (
            <button
              type="button"
              tabIndex={-1}
              className="lines-remove"
              aria-label={t("removeRow", { row: place + 1 })}
              title={t("removeHint")}
              data-remove={place}
            >
              <DeleteOutlined aria-hidden="true" />
            </button>
          )}
        </div>
      )}
    </div>
  );
});

function cell(
  column: Column,
  value: Value,
  readOnly: boolean,
  beside: Record<string, BesideFigure> | undefined,
): ReactNode {
  const { shape } = column;
  if (shape.kind === "flag") return <span className={value === true ? "lines-box is-on" : "lines-box"} />;
  if (isBlank(value)) return null;
  if (readOnly && isLinked(value)) return <LinkText shape={shape} value={value} />;
  const text = shown(shape, value, SILENT);
  const at = column.field
    ? null
    : Object.entries(beside ?? {}).find(([name]) => besideKey(name) === column.key)?.[1].at;
  const isBelow = column.isFigure && isNegative(String(value));
  return (
    <span className={isBelow ? "lines-text negative" : "lines-text"} title={at ? `${text} · ${at}` : text}>
      {text}
    </span>
  );
}
