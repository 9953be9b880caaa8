/** A figure of a report over records, opened: the records, or rows of them, that sum to it. */
import { useQuery } from "@tanstack/react-query";
import { Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api/client";
import type { Heading, Value } from "@/api/types";
import { shapeOfHeading } from "@/fields/shape";
import { ValueText } from "@/fields/ValueText";
import { ProblemNote } from "@/look/ProblemNote";
import { More } from "./More";
import "./behind.css";

interface Opened {
  form: string;
  lines: string | null;
  column: Heading;
  count: number;
  sum: string;
  rows: { id: number; title: string | null; row: number | null; position: number | null; figure: string | null }[];
  list: { form: string; where: unknown[]; filter: string } | null;
}

export interface RowsQuestion {
  report: string;
  column: string;
  /** The keys of the row; what is left out is summed over. */
  at: Record<string, string | number | boolean | null>;
  parameters: Record<string, Value>;
  /** The keys that the rows are grouped by, where that is otherwise than the report declares. */
  rows?: string[];
  /** The metric whose condition the rows meet besides. */
  metric?: string;
}

const AT_FIRST = 200;
const MOST = 1000;

export function Rows({ question }: { question: RowsQuestion }) {
  const { t } = useTranslation("behind");
  const [limit, setLimit] = useState(AT_FIRST);
  const { report, ...asked } = question;
  const opened = useQuery({
    queryKey: ["figure", "rows", question, limit],
    queryFn: () => api.post<Opened>(`reports/${report}/rows`, { ...asked, limit }),
    placeholderData: (before) => before,
    staleTime: 0,
    retry: false,
  });
  if (opened.isPending) return <Skeleton active />;
  if (!opened.data) return <ProblemNote error={opened.error} onRetry={() => void opened.refetch()} />;
  const { data } = opened;
  const shape = shapeOfHeading(data.column);
  const left = data.count - data.rows.length;
  return (
    <>
      {data.list && (
        <p>
          <Link to={listAddress(data.list)}>{t(data.lines ? "asRecords" : "asList")}</Link>
        </p>
      )}
      <table className="entries">
        <caption>{t("rows", { count: data.count })}</caption>
        <tbody>
          {data.rows.map((one) => (
            <tr key={one.row ?? one.id}>
              <td>
                <Link to={`/${data.form}/${one.id}`}>{one.title ?? `#${one.id}`}</Link>
                {one.position !== null && <span className="soft"> {t("row", { row: one.position })}</span>}
              </td>
              <td className="figure">
                <ValueText shape={shape} value={one.figure} leads={false} />
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t("sum")}</th>
            <td className="figure">
              <ValueText shape={shape} value={data.sum} leads={false} />
            </td>
          </tr>
        </tfoot>
      </table>
      <More left={left} onMore={limit < MOST ? () => setLimit(MOST) : undefined} />
    </>
  );
}

function listAddress(list: NonNullable<Opened["list"]>): string {
  const query = new URLSearchParams();
  if (list.where.length > 0) query.set("where", JSON.stringify(list.where));
  if (list.filter) query.set("filter", list.filter);
  return `/${list.form}?${query.toString()}`;
}
