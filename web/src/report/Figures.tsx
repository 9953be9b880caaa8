/** The rows of a report as a table: heads that sort, figures that line up and open, sums at the foot, rows to tick. */
import { CaretDownOutlined, CaretUpOutlined } from "@ant-design/icons";
import { Checkbox, Empty } from "antd";
import type { KeyboardEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Heading, ListRow, ReportPage } from "@/api/types";
import { isBlank, type Shape, shapeOfHeading } from "@/fields/shape";
import { shown } from "@/fields/shown";
import { ValueText } from "@/fields/ValueText";
import { FIGURES } from "@/look/figures";
import { turned } from "./parameters";

const NO_WORDS = { yes: "✓", no: "✗" };

/** Rows by their place on the page. */
export interface Picked {
  can: (place: number) => boolean;
  has: (place: number) => boolean;
  toggle: (place: number) => void;
  /** All of this page that can be, or none of it. */
  all: (isPicked: boolean) => void;
}

interface Props {
  page: ReportPage;
  sort: string | null;
  /** Without it the order is as it comes. */
  onSort?: (sort: string | null) => void;
  /** Opens what stands behind a figure; without it figures are text. */
  onOpen?: (column: Heading, row: ListRow) => void;
  /** The columns that open; without it those that are measures. */
  opening?: readonly string[];
  /** Opens a sum at the foot. */
  onOpenTotal?: (column: Heading) => void;
  /** Whether it opens; without it every sum does. */
  opensTotal?: (column: Heading) => boolean;
  /** Without it no row is chosen. */
  picked?: Picked | null;
}

/** So many columns have room on a usual screen; more of them stand closer. */
const ROOMY = 9;

export function Figures({ page, sort, onSort, onOpen, opening, onOpenTotal, opensTotal, picked }: Props) {
  const { t } = useTranslation("report");
  if (page.rows.length === 0) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("noFigures")} />;
  const shapes = new Map(page.columns.map((column) => [column.key, shapeOfHeading(column)]));
  const align = (column: Heading) => (FIGURES.has(column.kind) ? "right" : undefined);
  const cell = (column: Heading, row: ListRow) => {
    const shape = shapes.get(column.key);
    if (!shape) return null;
    const text = <ValueText shape={shape} value={row[column.key]} leads={!row.is_rest} />;
    const isOpen = opening ? opening.includes(column.key) : column.measure;
    // What is left over is of many rows, and has no key of its own.
    if (!onOpen || !isOpen || row.is_rest || isBlank(row[column.key])) return text;
    return <Opens onClick={() => onOpen(column, row)}>{text}</Opens>;
  };
  const total = (column: Heading) => {
    const shape = shapes.get(column.key);
    if (!shape) return null;
    const text = <ValueText shape={shape} value={page.totals[column.key]} />;
    if (!onOpenTotal || isBlank(page.totals[column.key]) || opensTotal?.(column) === false) return text;
    return <Opens onClick={() => onOpenTotal(column)}>{text}</Opens>;
  };
  const name = page.columns.length > ROOMY ? "figures is-tight" : "figures";
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the keys
    <section className={name} aria-label={t("figures")} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {picked && <PickAll picked={picked} count={page.rows.length} />}
            {page.columns.map((column) => {
              const order = sort === column.key ? "ascending" : sort === `-${column.key}` ? "descending" : undefined;
              return (
                <th key={column.key} scope="col" className={align(column)} aria-sort={order}>
                  {onSort ? (
                    <button type="button" onClick={() => onSort(turned(sort, column.key))}>
                      {column.label}
                      {order === "ascending" && <CaretUpOutlined aria-hidden="true" />}
                      {order === "descending" && <CaretDownOutlined aria-hidden="true" />}
                    </button>
                  ) : (
                    <span>{column.label}</span>
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {page.rows.map((row, place) => (
            // Rows of a report have no identity but their place.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <tr key={place} className={picked?.has(place) ? "is-picked" : undefined}>
              {picked && (
                <td className="pick">
                  {picked.can(place) && (
                    <Checkbox
                      checked={picked.has(place)}
                      aria-label={t("pick", { row: place + 1, name: nameOf(page, shapes, row) })}
                      onChange={() => picked.toggle(place)}
                      onKeyDown={toNext}
                    />
                  )}
                </td>
              )}
              {page.columns.map((column) => (
                <td key={column.key} className={align(column)}>
                  {cell(column, row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        {Object.keys(page.totals).length > 0 && (
          <tfoot>
            <tr>
              {picked && <td className="pick" />}
              {page.columns.map((column, place) => (
                <td key={column.key} className={align(column)}>
                  {page.totals[column.key] !== undefined ? total(column) : place === 0 && t("total")}
                </td>
              ))}
            </tr>
          </tfoot>
        )}
      </table>
    </section>
  );
}

function PickAll({ picked, count }: { picked: Picked; count: number }) {
  const { t } = useTranslation("report");
  const places = Array.from({ length: count }, (_, place) => place).filter(picked.can);
  const chosen = places.filter(picked.has).length;
  return (
    <th scope="col" className="pick">
      <Checkbox
        aria-label={t("pickAll")}
        checked={chosen > 0}
        indeterminate={chosen > 0 && chosen < places.length}
        disabled={places.length === 0}
        onChange={(event) => picked.all(event.target.checked)}
        onKeyDown={toNext}
      />
    </th>
  );
}

/** Up and down lead from one row to the next that can be chosen. */
function toNext(event: KeyboardEvent<HTMLInputElement>) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const boxes = [...(event.currentTarget.closest("table")?.querySelectorAll<HTMLInputElement>(".pick input") ?? [])];
  const next = step && boxes[boxes.indexOf(event.currentTarget) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

/** What a row is called: its first column that says something. */
function nameOf(page: ReportPage, shapes: Map<string, Shape>, row: ListRow): string {
  const column = page.columns.find((one) => !isBlank(row[one.key]));
  const shape = column && shapes.get(column.key);
  return shape ? shown(shape, row[column.key], NO_WORDS) : "";
}

/** A figure that leads to what it is made of. */
function Opens({ onClick, children }: { onClick: () => void; children: ReactNode }) {
  const { t } = useTranslation("report");
  return (
    <button type="button" className="asks" title={t("why")} onClick={onClick}>
      {children}
    </button>
  );
}
