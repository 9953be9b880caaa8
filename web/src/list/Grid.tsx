/** The rows of a list in columns: only those in sight are drawn, and all of it works from the keyboard. */
// biome-ignore-all lint/a11y/useSemanticElements: a grid of which only the rows in sight are drawn cannot be a table element; the pattern of ARIA says the rest
// biome-ignore-all lint/a11y/useFocusableInteractive: a grid of which only the rows in sight are drawn cannot be a table element; the pattern of ARIA says the rest
// biome-ignore-all lint/a11y/noStaticElementInteractions: a grid of which only the rows in sight are drawn cannot be a table element; the pattern of ARIA says the rest
// biome-ignore-all lint/a11y/useKeyWithClickEvents: a grid of which only the rows in sight are drawn cannot be a table element; the pattern of ARIA says the rest
import { CaretDownFilled, CaretUpFilled } from "@ant-design/icons";
import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { Checkbox } from "antd";
import {
  type CSSProperties,
  type KeyboardEvent,
  memo,
  type PointerEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { ListRow } from "@/api/types";
import { figure, isNegative } from "@/look/figures";
import { useLook } from "@/look/Look";
import { Cell } from "./Cell";
import { type Column, isFigure, NARROWEST, usualWidth, WIDEST } from "./columns";
import type { Rows } from "./usePages";
import { useReturn } from "./useReturn";
import "./grid.css";

/** Browsers draw nothing taller than some tens of millions of pixels: of longer lists a window is drawn, which moves. */
const TALLEST = 200_000;
const HEAD = -1;

export interface Picked {
  has: (id: number) => boolean;
  size: number;
  toggle: (row: ListRow, index: number, upTo: boolean) => void;
  all: (on: boolean) => void;
}

interface Props {
  form: string;
  columns: Column[];
  rows: Rows;
  total: number | null;
  titleKey: string | null;
  sort: string[];
  onSort: (key: string, added: boolean) => void;
  widths: Record<string, number>;
  onWidth: (key: string, width: number) => void;
  onMove: (key: string, to: number) => void;
  sums: Record<string, string> | undefined;
  picked: Picked | null;
  /** What stands at the end of a row instead of a way into the record: the recycle bin. */
  action?: ((row: ListRow) => ReactNode) | undefined;
  label: string;
}

interface Place {
  row: number;
  column: number;
}

export function Grid(props: Props) {
  const { form, columns, rows, total, titleKey, widths, picked, action, label } = props;
  const { t } = useTranslation("list");
  const { size } = useLook();
  const navigate = useNavigate();
  const scroller = useRef<HTMLDivElement>(null);
  const [base, setBase] = useState(0);
  const [active, setActive] = useState<Place>({ row: 0, column: 0 });
  const wantsFocus = useRef(false);
  const height = size === "large" ? 46 : 38;
  const count = rows.count;
  const drawn = Math.min(count - Math.min(base, count), TALLEST);
  const lead = picked ? 1 : 0;
  const width = columns.length + lead + (action ? 1 : 0);

  const virtual = useVirtualizer({
    count: drawn,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
    scrollPaddingStart: height,
    scrollPaddingEnd: height * 2,
    initialRect: { width: 1200, height: 640 },
    rangeExtractor: (range) => {
      const found = defaultRangeExtractor(range);
      const at = active.row - base;
      return at >= 0 && at < range.count && !found.includes(at) ? [...found, at].sort((a, b) => a - b) : found;
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another size of type, other heights
  useEffect(() => virtual.measure(), [virtual, height]);

  const items = virtual.getVirtualItems();
  const range = virtual.range;
  const from = (range?.startIndex ?? 0) + base;
  const to = (range?.endIndex ?? 0) + base;
  const { see } = rows;
  // biome-ignore lint/correctness/useExhaustiveDependencies: told again when rows arrive, not when the teller is made anew
  useEffect(() => see(from, to), [from, to, count]);

  useReturn(scroller);
  const order = props.sort.join();
  const lastOrder = useRef(order);
  // Another order begins at its top.
  useEffect(() => {
    if (lastOrder.current === order) return;
    lastOrder.current = order;
    setBase(0);
    if (scroller.current) scroller.current.scrollTop = 0;
  }, [order]);

  // Near an end of the drawn window it moves on by half, and the scroll position with it.
  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const half = TALLEST / 2;
    if (to - base > TALLEST - 200 && base + drawn < count) {
      setBase(base + half);
      box.scrollTop -= half * height;
    } else if (base > 0 && from - base < 200) {
      setBase(base - half);
      box.scrollTop += half * height;
    }
  }, [from, to, base, drawn, count, height]);

  const template = [
    ...(picked ? ["44px"] : []),
    ...columns.map((one) => `${widths[one.key] ?? usualWidth(one.shape)}px`),
    ...(action ? ["minmax(120px, 1fr)"] : ["minmax(16px, 1fr)"]),
  ].join(" ");

  const go = (row: number, column: number) => {
    const next = {
      row: Math.max(HEAD, Math.min(row, count - 1)),
      column: Math.max(0, Math.min(column, width - 1)),
    };
    wantsFocus.current = true;
    setActive(next);
    if (next.row > HEAD) virtual.scrollToIndex(next.row - base, { align: "auto" });
  };

  useEffect(() => {
    if (!wantsFocus.current) return;
    const cell = scroller.current?.querySelector<HTMLElement>(`[data-at="${active.row}:${active.column}"]`);
    if (!cell) return;
    wantsFocus.current = false;
    cell.focus({ preventScroll: true });
    cell.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  });

  const open = useCallback(
    (row: ListRow, beside: boolean) => {
      const address = `/${form}/${row.id}`;
      if (beside) window.open(address, "_blank", "noopener");
      else navigate(address, { state: { from: window.location.pathname + window.location.search } });
    },
    [form, navigate],
  );

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.nativeEvent.isComposing || event.altKey || event.defaultPrevented) return;
    const { row, column } = active;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 600) / height) - 3);
    const head = row === HEAD ? columns[column - lead] : undefined;
    const jump = event.ctrlKey || event.metaKey;
    const moves: Record<string, Place> = {
      ArrowDown: { row: row + 1, column },
      ArrowUp: { row: row - 1, column },
      ArrowRight: { row, column: column + 1 },
      ArrowLeft: { row, column: column - 1 },
      PageDown: { row: row + page, column },
      PageUp: { row: Math.max(0, row - page), column },
      Home: jump ? { row: 0, column } : { row, column: 0 },
      End: jump ? { row: count - 1, column } : { row, column: width - 1 },
    };
    const aim = moves[event.key];
    if (head && event.shiftKey && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
      const now = widths[head.key] ?? usualWidth(head.shape);
      props.onWidth(head.key, now + (event.key === "ArrowRight" ? 16 : -16));
    } else if (head && jump && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
      const place = column - lead + (event.key === "ArrowRight" ? 1 : -1);
      if (place >= 0 && place < columns.length) {
        props.onMove(head.key, place);
        go(row, place + lead);
      }
    } else if (aim) go(aim.row, aim.column);
    else if (event.key === "Enter" && head?.canSort) props.onSort(head.key, event.shiftKey);
    else if (row > HEAD && (event.key === "Enter" || event.key === " ")) {
      const found = rows.at(row);
      const inside = (event.target as HTMLElement).closest("button, a, input");
      if (!found || inside) return;
      if (event.key === " ") picked?.toggle(found, row, event.shiftKey);
      else if (!action) open(found, jump);
    } else return;
    event.preventDefault();
  };

  const columnProps = (place: number) => ({
    "data-at": `${HEAD}:${place}`,
    tabIndex: active.row === HEAD && active.column === place ? 0 : -1,
    onFocus: () => setActive({ row: HEAD, column: place }),
  });

  return (
    <div
      className={rows.isStale ? "grid is-stale" : "grid"}
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-busy={rows.isStale || rows.isLoading}
      aria-rowcount={total === null ? -1 : total + 1}
      aria-colcount={width}
      aria-multiselectable={picked !== null}
      onKeyDown={onKeyDown}
      style={{ "--grid-columns": template, "--grid-row": `${height}px` } as CSSProperties}
    >
      <div className="grid-row grid-head" role="row" aria-rowindex={1}>
        {picked && (
          <div role="columnheader" className="grid-cell grid-check" {...columnProps(0)}>
            <Checkbox
              aria-label={t("selectAll")}
              tabIndex={-1}
              checked={picked.size > 0}
              indeterminate={picked.size > 0 && picked.size < count}
              disabled={count === 0}
              onChange={(event) => picked.all(event.target.checked)}
            />
          </div>
        )}
        {columns.map((column, place) => (
          <Head
            key={column.key}
            column={column}
            place={place}
            sort={props.sort}
            onSort={props.onSort}
            onMove={props.onMove}
            onWidth={props.onWidth}
            width={widths[column.key] ?? usualWidth(column.shape)}
            {...columnProps(place + lead)}
          />
        ))}
        <div className="grid-cell" role={action ? "columnheader" : "presentation"}>
          {action && <span className="unseen">{t("actions")}</span>}
        </div>
      </div>
      <div role="rowgroup" className="grid-body" style={{ height: drawn * height }}>
        {items.map((item) => {
          const index = item.index + base;
          const row = rows.at(index);
          return (
            <GridRow
              key={item.key}
              index={index}
              top={item.start}
              row={row}
              form={form}
              columns={columns}
              titleKey={action ? null : titleKey}
              isPicked={row !== undefined && (picked?.has(row.id) ?? false)}
              onToggle={picked?.toggle}
              onOpen={action ? undefined : open}
              action={action}
              activeColumn={active.row === index ? active.column : null}
              onActive={setActive}
            />
          );
        })}
      </div>
      {props.sums && count > 0 && columns.some((one) => props.sums?.[one.key] !== undefined) && (
        <div className="grid-row grid-sums" role="row" aria-label={t("sums")}>
          {picked && (
            <div role="gridcell" className="grid-cell soft" tabIndex={-1}>
              {t("sum")}
            </div>
          )}
          {columns.map((column, place) => (
            <div
              key={column.key}
              role="gridcell"
              // A long sum takes the room of the column before it, where that has none.
              className={
                props.sums?.[columns[place - 1]?.key ?? ""] ? "grid-cell is-figure" : "grid-cell is-figure has-room"
              }
            >
              <Sum column={column} value={props.sums?.[column.key]} />
            </div>
          ))}
          <div className="grid-cell" role="presentation" />
        </div>
      )}
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

interface HeadProps {
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

function Head({ column, place, sort, onSort, onMove, onWidth, width, ...rest }: HeadProps) {
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

interface RowProps {
  index: number;
  top: number;
  row: ListRow | undefined;
  form: string;
  columns: Column[];
  titleKey: string | null;
  isPicked: boolean;
  onToggle: Picked["toggle"] | undefined;
  onOpen: ((row: ListRow, beside: boolean) => void) | undefined;
  action: ((row: ListRow) => ReactNode) | undefined;
  activeColumn: number | null;
  onActive: (place: Place) => void;
}

const GridRow = memo(function GridRow(props: RowProps) {
  const { index, top, row, form, columns, titleKey, isPicked, onToggle, onOpen, action, activeColumn, onActive } =
    props;
  const { t } = useTranslation("list");
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
      style={{ transform: `translateY(${top}px)` }}
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
            event.preventDefault();
            if (row) onToggle(row, index, event.shiftKey);
          }}
        >
          {row && <Checkbox checked={isPicked} tabIndex={-1} aria-label={t("select")} />}
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
