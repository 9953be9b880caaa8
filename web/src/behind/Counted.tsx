/** A metric that counts, opened: the rows of its report that it counts, and the way to all of them. */
import { useQuery } from "@tanstack/react-query";
import { Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api/client";
import type { ReportPage, Value } from "@/api/types";
import { shapeOfHeading } from "@/fields/shape";
import { ValueText } from "@/fields/ValueText";
import { FIGURES } from "@/look/figures";
import { ProblemNote } from "@/look/ProblemNote";
import { More } from "./More";
import "./behind.css";

export interface CountedQuestion {
  /** The metric. */
  counted: string;
  parameters: Record<string, Value>;
  /** The days that it is of, if it is of any. */
  span: { first: string; last: string } | null;
  /** The page of its report. */
  address: string;
}

const AT_FIRST = 100;
const MOST = 1000;

export function Counted({ question }: { question: CountedQuestion }) {
  const { t } = useTranslation("behind");
  const [limit, setLimit] = useState(AT_FIRST);
  const { counted, parameters, span } = question;
  const given = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, textOf(value)]));
  const days = span ? { from: span.first, to: span.last } : {};
  const asked = { ...given, ...days, limit };
  const opened = useQuery({
    queryKey: ["figure", "counted", counted, asked],
    queryFn: ({ signal }) => api.get<ReportPage>(`metrics/${counted}/rows`, asked, signal),
    placeholderData: (before) => before,
    staleTime: 0,
    retry: false,
  });
  if (opened.isPending) return <Skeleton active />;
  if (!opened.data) return <ProblemNote error={opened.error} onRetry={() => void opened.refetch()} />;
  const { columns, rows, total_rows } = opened.data;
  const left = total_rows - rows.length;
  const align = (kind: string) => (FIGURES.has(kind as never) ? "figure" : undefined);
  return (
    <>
      <p>
        <Link to={question.address}>{t("asReport")}</Link>
      </p>
      <div className="counted">
        <table className="entries">
          <caption>{t("rows", { count: total_rows })}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.key} scope="col" className={align(column.kind)}>
                  {column.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of a report have no identity but their place
              <tr key={place}>
                {columns.map((column) => (
                  <td key={column.key} className={align(column.kind)}>
                    <ValueText shape={shapeOfHeading(column)} value={row[column.key]} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <More left={left} onMore={limit < MOST ? () => setLimit(MOST) : undefined} />
    </>
  );
}

function textOf(value: Value): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === "object" && "id" in value ? String(value.id) : String(value);
}
