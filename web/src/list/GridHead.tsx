/** The head of a column of a list: a click sorts, its edge is drawn wider, and it can be carried to another place. */
// biome-ignore-all lint/a11y/useSemanticElements: a grid of which only the rows in sight are drawn cannot be a table element; the pattern of ARIA says the rest
// biome-ignore-all lint/a11y/useFocusableInteractive: a grid of which only the rows in sight are drawn cannot be a table element; the pattern of ARIA says the rest
import { CaretDownFilled, CaretUpFilled } from "@ant-design/icons";
import type { PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { type Column, isFigure, NARROWEST, usualWidth, WIDEST } from "./columns";

interface Props {
  column: Column;
  place: number;
  sort: string[];
  onSort: (key: string, added: boolean) => void;
  onMove: (key: string, to: number) => void;
  onWidth: (key: string, width: number) => void;
  width: number;
  tabIndex: number;
  onFocus: () => void;
  "data-at": string;
}

const CARRIED = "application/x-column";

export function GridHead({ column, place, sort, onSort, onMove, onWidth, width, ...rest }: Props) {
  const { t } = useTranslation("list");
  const own = sort.find((one) => one.replace(/^-/, "") === column.key);
  const order = own === undefined ? undefined : own.startsWith("-") ? "descending" : "ascending";

  /** While the edge is dragged only the style changes; the list hears of it at the end. */
  const drag = (event: PointerEvent<HTMLElement>) => {
    event.preventDefault();
    event.stopPropagation();
    const grid = event.currentTarget.closest<HTMLElement>(".grid");
    const head = event.currentTarget.closest<HTMLElement>("[role=columnheader]");
    if (!grid || !head) return;
    const handle = event.currentTarget;
    const nth = [...(head.parentElement?.children ?? [])].indexOf(head);
    const parts = grid.style.getPropertyValue("--grid-columns").match(/minmax\([^)]*\)|\S+/g) ?? [];
    const begun = event.clientX;
    let now = width;
    handle.setPointerCapture(event.pointerId);
    const move = (one: globalThis.PointerEvent) => {
      now = Math.max(NARROWEST, Math.min(WIDEST, width + one.clientX - begun));
      parts[nth] = `${now}px`;
      grid.style.setProperty("--grid-columns", parts.join(" "));
    };
    const end = () => {
      handle.removeEventListener("pointermove", move);
      handle.removeEventListener("pointerup", end);
      handle.removeEventListener("pointercancel", end);
      onWidth(column.key, now);
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", end);
    handle.addEventListener("pointercancel", end);
  };

  return (
    <div
      role="columnheader"
      className={isFigure(column) ? "grid-cell is-figure" : "grid-cell"}
      aria-sort={order ?? (column.canSort ? "none" : undefined)}
      title={column.canSort ? t("headHelp") : undefined}
      draggable
      onDragStart={(event) => event.dataTransfer.setData(CARRIED, column.key)}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes(CARRIED)) event.preventDefault();
      }}
      onDrop={(event) => {
        const carried = event.dataTransfer.getData(CARRIED);
        if (carried && carried !== column.key) onMove(carried, place);
      }}
      {...rest}
    >
      {column.canSort ? (
        <button
          type="button"
          className="grid-sort"
          tabIndex={-1}
          onClick={(event) => onSort(column.key, event.shiftKey)}
        >
          <span className="grid-label">{column.shape.label}</span>
          {order === "ascending" && <CaretUpFilled aria-hidden="true" />}
          {order === "descending" && <CaretDownFilled aria-hidden="true" />}
        </button>
      ) : (
        <span className="grid-label">{column.shape.label}</span>
      )}
      <span
        className="grid-edge"
        aria-hidden="true"
        onPointerDown={drag}
        onDoubleClick={() => onWidth(column.key, usualWidth(column.shape))}
        onDragStart={(event) => event.preventDefault()}
      />
    </div>
  );
}
