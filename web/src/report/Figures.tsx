/** The rows of a report as a table: heads that sort, figures that line up and open, sums at the foot. */
import { CaretDownOutlined, CaretUpOutlined } from "@ant-design/icons";
import { Empty } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Heading, ListRow, ReportPage } from "@/api/types";
import { isBlank, shapeOfHeading } from "@/fields/shape";
import { ValueText } from "@/fields/ValueText";
import { FIGURES } from "@/look/figures";
import { turned } from "./parameters";

interface Props {
  page: ReportPage;
  sort: string | null;
  onSort: (sort: string | null) => void;
  /** Opens what stands behind a figure; without it figures are text. */
  onOpen?: (column: Heading, row: ListRow) => void;
  /** Opens a sum at the foot. */
  onOpenTotal?: (column: Heading) => void;
}

export function Figures({ page, sort, onSort, onOpen, onOpenTotal }: Props) {
  const { t } = useTranslation("report");
  if (page.rows.length === 0) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("noFigures")} />;
  const shapes = new Map(page.columns.map((column) => [column.key, shapeOfHeading(column)]));
  const align = (column: Heading) => (FIGURES.has(column.kind) ? "right" : undefined);
  const cell = (column: Heading, row: ListRow) => {
    const shape = shapes.get(column.key);
    if (!shape) return null;
    const text = <ValueText shape={shape} value={row[column.key]} />;
    if (!onOpen || !column.measure || isBlank(row[column.key])) return text;
    return <Opens onClick={() => onOpen(column, row)}>{text}</Opens>;
  };
  const total = (column: Heading) => {
    const shape = shapes.get(column.key);
    if (!shape) return null;
    const text = <ValueText shape={shape} value={page.totals[column.key]} />;
    if (!onOpenTotal || isBlank(page.totals[column.key])) return text;
    return <Opens onClick={() => onOpenTotal(column)}>{text}</Opens>;
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the keys
    <section className="figures" aria-label={t("figures")} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {page.columns.map((column) => {
              const order = sort === column.key ? "ascending" : sort === `-${column.key}` ? "descending" : undefined;
              return (
                <th key={column.key} scope="col" className={align(column)} aria-sort={order}>
                  <button type="button" onClick={() => onSort(turned(sort, column.key))}>
                    {column.label}
                    {order === "ascending" && <CaretUpOutlined />}
                    {order === "descending" && <CaretDownOutlined />}
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {page.rows.map((row, place) => (
            // Rows of a report have no identity but their place.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <tr key={place}>
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

/** A figure that leads to what it is made of. */
function Opens({ onClick, children }: { onClick: () => void; children: ReactNode }) {
  const { t } = useTranslation("report");
  return (
    <button type="button" className="opens" title={t("why")} onClick={onClick}>
      {children}
    </button>
  );
}
