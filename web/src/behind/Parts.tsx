/** A figure of a statement, opened: the accounts that it is made of, each with its entries, or the lines above it. */
import { LeftOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Empty, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Heading } from "@/api/types";
import { shapeOfHeading } from "@/fields/shape";
import { ValueText } from "@/fields/ValueText";
import { ProblemNote } from "@/look/ProblemNote";
import { Account, type AccountQuestion } from "./Account";
import type { RowsQuestion } from "./Rows";
import "./behind.css";

interface Part extends AccountQuestion {
  label: string;
  figure: string;
}

interface Opened {
  column: Heading;
  sum: string;
  parts: Part[];
  lines: { line: string; label: string; figure: string }[];
}

/** The same question as of rows: the parts of a figure are asked for by its place. */
export interface PartsQuestion extends RowsQuestion {
  of: "parts";
}

/** What was opened last: a line above, or an account. */
type Step = { line: string; label: string } | { part: Part };

export function Parts({ question }: { question: PartsQuestion }) {
  const { t } = useTranslation("behind");
  const [way, setWay] = useState<Step[]>([]);
  const last = way.at(-1);
  const line = way.findLast((one) => "line" in one);
  const asked = line ? { ...question, at: { line: line.line } } : question;
  const { report, of: _, ...body } = asked;
  const opened = useQuery({
    queryKey: ["figure", "parts", asked],
    queryFn: () => api.post<Opened>(`reports/${report}/rows`, body),
    staleTime: 0,
    retry: false,
  });
  const back = way.length > 0 && (
    <Button
      type="text"
      size="small"
      icon={<LeftOutlined aria-hidden="true" />}
      onClick={() => setWay((now) => now.slice(0, -1))}
    >
      {t("back")}
    </Button>
  );
  if (last && "part" in last) {
    const { label: _label, figure: _figure, ...account } = last.part;
    return (
      <>
        {back}
        <Account {...account} />
      </>
    );
  }
  if (opened.isPending) return <Skeleton active />;
  if (!opened.data) return <ProblemNote error={opened.error} onRetry={() => void opened.refetch()} />;
  const { column, sum, parts, lines } = opened.data;
  const shape = shapeOfHeading(column);
  const rows = [
    ...lines.map((one) => ({ key: one.line, ...one, step: { line: one.line, label: one.label } as Step })),
    ...parts.map((one) => ({ key: `${one.account} ${Object.values(one.at).join(" ")}`, ...one, step: { part: one } })),
  ];
  return (
    <>
      {back}
      {last && <p className="soft">{last.label}</p>}
      {rows.length === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("noParts")} />
      ) : (
        <table className="entries">
          <caption>{t(lines.length > 0 ? "lines" : "parts", { count: rows.length })}</caption>
          <tbody>
            {rows.map((one) => (
              <tr key={one.key}>
                <td>
                  <Button type="link" size="small" onClick={() => setWay((now) => [...now, one.step])}>
                    {one.label}
                  </Button>
                </td>
                <td className="figure">
                  <ValueText shape={shape} value={one.figure} leads={false} />
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{t(lines.length > 0 ? "shown" : "sum")}</th>
              <td className="figure">
                <ValueText shape={shape} value={sum} leads={false} />
              </td>
            </tr>
          </tfoot>
        </table>
      )}
    </>
  );
}
