/** A row of a list; a row that is not there yet keeps its place. */
// biome-ignore-all lint/a11y/useSemanticElements: a grid of which only the rows in sight are drawn cannot be a table element; the pattern of ARIA says the rest
// biome-ignore-all lint/a11y/useFocusableInteractive: a grid of which only the rows in sight are drawn cannot be a table element; the pattern of ARIA says the rest
// biome-ignore-all lint/a11y/noStaticElementInteractions: a grid of which only the rows in sight are drawn cannot be a table element; the pattern of ARIA says the rest
// biome-ignore-all lint/a11y/useKeyWithClickEvents: a grid of which only the rows in sight are drawn cannot be a table element; the pattern of ARIA says the rest
import { memo, type ReactNode } from "react";
import type { ListRow } from "@/api/types";
import { Cell } from "./Cell";
import { type Column, isFigure } from "./columns";
import type { Picked } from "./picking";
import type { At } from "./useGridKeys";

interface Props {
  index: number;
  top: number;
  row: ListRow | undefined;
  form: string;
  columns: Column[];
  titleKey: string | null;
  isPicked: boolean;
  /** What picking a row is called. */
  picking: string;
  onToggle: Picked["toggle"] | undefined;
  onOpen: ((row: ListRow, beside: boolean) => void) | undefined;
  action: ((row: ListRow) => ReactNode) | undefined;
  activeColumn: number | null;
  onActive: (place: At) => void;
}

export const GridRow = memo(function GridRow(props: Props) {
  const { index, top, row, form, columns, titleKey, isPicked, picking, onToggle, onOpen, action, activeColumn } = props;
  const { onActive } = props;
  const lead = onToggle ? 1 : 0;
  const cell = (place: number) => ({
    role: "gridcell",
    "aria-colindex": place + 1,
    "data-at": `${index}:${place}`,
    tabIndex: activeColumn === place ? 0 : -1,
    onFocus: () => onActive({ row: index, column: place }),
  });
  return (
    <div
      className={isPicked ? "grid-row is-picked" : onOpen ? "grid-row is-open" : "grid-row"}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={onToggle ? isPicked : undefined}
      style={{ top }}
      onClick={(event) => {
        const isOwn = (event.target as HTMLElement).closest("a, button, label, input");
        if (!row || !onOpen || isOwn || window.getSelection()?.toString()) return;
        onOpen(row, event.ctrlKey || event.metaKey);
      }}
    >
      {onToggle && (
        <div
          {...cell(0)}
          className="grid-cell grid-check"
          onClick={(event) => {
            event.stopPropagation();
            if (row) onToggle(row, index, event.shiftKey);
          }}
        >
          {row && (
            <input type="checkbox" className="check" checked={isPicked} readOnly tabIndex={-1} aria-label={picking} />
          )}
        </div>
      )}
      {columns.map((column, place) => (
        <div
          key={column.key}
          {...cell(place + lead)}
          className={isFigure(column) ? "grid-cell is-figure" : "grid-cell"}
        >
          {row ? (
            <Cell
              shape={column.shape}
              value={row[column.key]}
              to={column.key === titleKey ? `/${form}/${row.id}` : undefined}
            />
          ) : (
            <span className="grid-ghost" />
          )}
        </div>
      ))}
      {action ? (
        <div {...cell(columns.length + lead)} className="grid-cell">
          {row && action(row)}
        </div>
      ) : (
        <div className="grid-cell" role="presentation" />
      )}
    </div>
  );
});
