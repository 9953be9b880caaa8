/** The rows of a list in columns: only those in sight are drawn, and all of it works from the keyboard. */
// biome-ignore-all lint/a11y/useSemanticElements: a grid of which only the rows in sight are drawn cannot be a table element; the pattern of ARIA says the rest
// biome-ignore-all lint/a11y/useFocusableInteractive: a grid of which only the rows in sight are drawn cannot be a table element; the pattern of ARIA says the rest
import { Checkbox } from "antd";
import { type CSSProperties, type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { ListRow } from "@/api/types";
import { useLook } from "@/look/Look";
import { type Column, usualWidth } from "./columns";
import { GridHead } from "./GridHead";
import { GridRow } from "./GridRow";
import { GridSums } from "./GridSums";
import type { Picked } from "./picking";
import { type At, HEAD, useGridKeys } from "./useGridKeys";
import type { Rows } from "./usePages";
import { useReturn } from "./useReturn";
import { useSpan } from "./useSpan";
import "./grid.css";

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

export function Grid(props: Props) {
  const { form, columns, rows, total, titleKey, widths, picked, action, label } = props;
  const { t } = useTranslation("list");
  const { size } = useLook();
  const navigate = useNavigate();
  const [active, setActive] = useState<At>({ row: 0, column: 0 });
  const height = size === "large" ? 46 : 38;
  const { count, see } = rows;
  const lead = picked ? 1 : 0;
  const width = columns.length + lead + (action ? 1 : 0);
  const { sums } = props;
  const hasSums = sums !== undefined && count > 0 && columns.some((one) => sums[one.key] !== undefined);

  const span = useSpan(count, height, height * (hasSums ? 2 : 1), active.row);
  useReturn(span);
  // biome-ignore lint/correctness/useExhaustiveDependencies: told again when rows arrive, not when the teller is made anew
  useEffect(() => see(span.first, span.last), [span.first, span.last, count]);

  const order = props.sort.join();
  const lastOrder = useRef(order);
  // Another order begins at its top.
  useEffect(() => {
    if (lastOrder.current === order) return;
    lastOrder.current = order;
    span.goTo(0);
  }, [order, span.goTo]);

  const open = useCallback(
    (row: ListRow, beside: boolean) => {
      const address = `/${form}/${row.id}`;
      if (beside) window.open(address, "_blank", "noopener");
      else navigate(address, { state: { from: window.location.pathname + window.location.search } });
    },
    [form, navigate],
  );
  const onKeyDown = useGridKeys(active, setActive, span, {
    columns,
    width,
    lead,
    count,
    widths,
    at: rows.at,
    onSort: props.onSort,
    onWidth: props.onWidth,
    onMove: props.onMove,
    onToggle: picked?.toggle,
    onOpen: action ? undefined : open,
  });

  const template = [
    ...(picked ? ["44px"] : []),
    ...columns.map((one) => `${widths[one.key] ?? usualWidth(one.shape)}px`),
    ...(action ? ["minmax(120px, 1fr)"] : ["minmax(16px, 1fr)"]),
  ].join(" ");
  const headProps = (place: number) => ({
    "data-at": `${HEAD}:${place}`,
    tabIndex: active.row === HEAD && active.column === place ? 0 : -1,
    onFocus: () => setActive({ row: HEAD, column: place }),
  });

  return (
    <div
      className={rows.isStale ? "grid is-stale" : "grid"}
      ref={span.scroller}
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
          <div role="columnheader" className="grid-cell grid-check" {...headProps(0)}>
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
          <GridHead
            key={column.key}
            column={column}
            place={place}
            sort={props.sort}
            onSort={props.onSort}
            onMove={props.onMove}
            onWidth={props.onWidth}
            width={widths[column.key] ?? usualWidth(column.shape)}
            {...headProps(place + lead)}
          />
        ))}
        <div className="grid-cell" role={action ? "columnheader" : "presentation"}>
          {action && <span className="unseen">{t("actions")}</span>}
        </div>
      </div>
      <div role="rowgroup" className="grid-body" style={{ height: span.height }}>
        {span.drawn.map((index) => {
          const row = rows.at(index);
          return (
            <GridRow
              key={index}
              index={index}
              top={span.top(index)}
              row={row}
              form={form}
              columns={columns}
              titleKey={action ? null : titleKey}
              picking={t("select")}
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
      {hasSums && <GridSums columns={columns} sums={sums} hasChecks={picked !== null} />}
    </div>
  );
}
