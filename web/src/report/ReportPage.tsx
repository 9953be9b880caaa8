/** A report: what it is asked for, its figures with their sums, a picture of them, and the way behind each figure. */
import { BarChartOutlined, DownloadOutlined, PrinterOutlined, TableOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Dropdown, Empty, Pagination, Skeleton, Tooltip } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams, useSearchParams } from "react-router";
import { address, api, keep } from "@/api/client";
import { reportQuery, reportsQuery } from "@/api/queries";
import type { Heading, ListRow, ReportPage as Page, ReportDescription } from "@/api/types";
import { grouped } from "@/look/figures";
import { ProblemNote } from "@/look/ProblemNote";
import { Figures } from "./Figures";
import { ParameterBar } from "./ParameterBar";
import { type Asked, askedIn, changed, PAGE_SIZE, questionOf } from "./parameters";
import "./report.css";

const Picture = lazy(() => import("./Picture"));
const BehindFigure = lazy(() => import("@/behind/BehindFigure"));

export default function ReportPage() {
  const { report = "" } = useParams();
  const { t } = useTranslation("report");
  const [search, setSearch] = useSearchParams();
  const [opened, setOpened] = useState<{ column: Heading; row: ListRow } | null>(null);
  const asked = askedIn(search);
  const described = useQuery(reportsQuery).data?.find((one) => one.report === report);
  const missing = described?.parameters.find((one) => one.required && !asked.parameters[one.name]);
  const page = useQuery({ ...reportQuery(report, questionOf(asked)), enabled: described !== undefined && !missing });
  const change = (to: Record<string, string | null>) => setSearch(changed(search, to), { replace: true });
  const isDrawn = search.get("chart") === "1";
  const opens = described && described.source !== "records";

  return (
    <div className="report">
      <header className="report-head">
        <h1>{described?.label ?? " "}</h1>
        <span className="report-space" />
        <Tooltip title={t(isDrawn ? "asTable" : "asChart")}>
          <Button
            icon={isDrawn ? <TableOutlined /> : <BarChartOutlined />}
            aria-label={t(isDrawn ? "asTable" : "asChart")}
            onClick={() => change({ chart: isDrawn ? null : "1" })}
          />
        </Tooltip>
        {described && <TakeOut described={described} asked={asked} />}
      </header>
      {described && (
        <ParameterBar described={described} given={page.data?.parameters ?? {}} asked={asked} onChange={change} />
      )}
      <ProblemNote error={page.error} onRetry={() => void page.refetch()} />
      {missing && (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("chooseFirst", { name: missing.label })} />
      )}
      {page.isPending && !missing && <Skeleton active />}
      {page.data && !missing && isDrawn && (
        <Suspense fallback={<Skeleton active />}>
          <Picture page={page.data} title={described?.label ?? ""} />
        </Suspense>
      )}
      {page.data && !missing && !isDrawn && (
        <Figures
          page={page.data}
          sort={asked.sort}
          onSort={(sort) => change({ sort })}
          {...(opens ? { onOpen: (column: Heading, row: ListRow) => setOpened({ column, row }) } : {})}
        />
      )}
      {page.data && !missing && <Foot page={page.data} asked={asked} onPage={(to) => change({ page: String(to) })} />}
      {opened && described && page.data && (
        <Suspense>
          <BehindFigure
            title={opened.column.label}
            figure={figureOf(described, page.data, opened.row)}
            onClose={() => setOpened(null)}
          />
        </Suspense>
      )}
    </div>
  );
}

/** The ledger's own question behind a row: its account at the row's keys, over the span that the report covers. */
function figureOf(described: ReportDescription, page: Page, row: ListRow) {
  const at: Record<string, number> = {};
  for (const column of page.columns) {
    const value = row[column.key];
    if (!column.measure && column.to && typeof value === "object" && value !== null && "id" in value) {
      at[column.key] = value.id as number;
    }
  }
  const day = (name: string) => {
    const value = page.parameters[name];
    return typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : null;
  };
  const days = described.parameters.filter((one) => one.kind === "date").map((one) => day(one.name));
  return { account: described.of, at, until: days.at(-1) ?? null };
}

function TakeOut({ described, asked }: { described: ReportDescription; asked: Asked }) {
  const { t } = useTranslation("report");
  const { message } = App.useApp();
  const { limit: _limit, offset: _offset, ...question } = questionOf(asked);
  const take = async (format: string) => {
    try {
      keep(await api.file("GET", `reports/${described.report}/export`, { query: { ...question, format } }));
    } catch (error) {
      void message.error(error instanceof Error ? error.message : t("common:somethingWrong"));
    }
  };
  const prints = described.prints ?? [];
  return (
    <>
      {prints.map((print) => (
        <Tooltip key={print.name} title={print.label}>
          <Button
            icon={<PrinterOutlined />}
            href={address(`reports/${described.report}/print/${print.name}`, question)}
            target="_blank"
            aria-label={print.label}
          />
        </Tooltip>
      ))}
      <Dropdown
        menu={{
          items: [
            { key: "xlsx", label: "Excel (xlsx)" },
            { key: "csv", label: "CSV" },
          ],
          onClick: ({ key }) => void take(key),
        }}
      >
        <Button icon={<DownloadOutlined />}>{t("common:export")}</Button>
      </Dropdown>
    </>
  );
}

function Foot({ page, asked, onPage }: { page: Page; asked: Asked; onPage: (page: number) => void }) {
  const { t } = useTranslation("report");
  if (page.total_rows <= PAGE_SIZE) return <p className="soft">{t("rows", { count: page.total_rows })}</p>;
  return (
    <Pagination
      align="end"
      current={asked.page}
      pageSize={PAGE_SIZE}
      total={page.total_rows}
      showSizeChanger={false}
      showTotal={(total) => t("rows", { count: total, shown: grouped(String(total)) })}
      onChange={onPage}
    />
  );
}
