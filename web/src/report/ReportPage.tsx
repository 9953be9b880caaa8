/** A report: what it is asked for, its figures with their sums, a picture of them, and the way behind each figure. */
import {
  BarChartOutlined,
  DownloadOutlined,
  LineChartOutlined,
  PieChartOutlined,
  PrinterOutlined,
  TableOutlined,
} from "@ant-design/icons";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Button, Dropdown, Empty, Pagination, Segmented, Skeleton, Tooltip } from "antd";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams, useSearchParams } from "react-router";
import { api, keep } from "@/api/client";
import { print as printFile } from "@/api/print";
import { reportQuery, reportsQuery } from "@/api/queries";
import type { Heading, ListRow, ReportPage as Page, ReportDescription } from "@/api/types";
import { isDrawable } from "@/chart/drawing";
import { Picture } from "@/chart/Picture";
import { grouped } from "@/look/figures";
import { useMessage } from "@/look/messages";
import { ProblemNote } from "@/look/ProblemNote";
import { useShortcut, useWritten } from "@/look/shortcuts";
import { accountBehind, partsBehind, rowsBehind } from "./behind";
import { Creates } from "./Creates";
import { type Choice, changedChoice, choosable, NOBODY } from "./choosing";
import { Figures, type Picked } from "./Figures";
import { isDerived, withOthers } from "./others";
import { ParameterBar } from "./ParameterBar";
import { type Asked, askedIn, changed, PAGE_SIZE, questionOf } from "./parameters";
import { READABLE, Readings } from "./Readings";
import "./report.css";

const BehindFigure = lazy(() => import("@/behind/BehindFigure"));

export default function ReportPage() {
  const { report = "" } = useParams();
  const { t } = useTranslation("report");
  const [search, setSearch] = useSearchParams();
  /** A figure of a row, or without one of the sums at the foot. */
  const [opened, setOpened] = useState<{ column: Heading; row: ListRow | null } | null>(null);
  const asked = askedIn(search);
  /** What was chosen, and under which conditions: other figures are other rows. */
  const [chosen, setChosen] = useState<{ under: string; rows: Choice }>({ under: "", rows: NOBODY });
  const described = useQuery(reportsQuery).data?.find((one) => one.report === report);
  const missing = described?.parameters.find((one) => one.required && !asked.parameters[one.name]);
  const page = useQuery({ ...reportQuery(report, questionOf(asked)), enabled: described !== undefined && !missing });
  const change = (to: Record<string, string | null>) => setSearch(changed(search, to), { replace: true });
  const shape = shapeIn(search);
  const isDrawn = shape !== "table";
  const isOfRecords = described?.source === "records";
  const opens = described && (!isOfRecords || described.keys > 0);
  const under = JSON.stringify([report, asked.parameters]);
  const choice = chosen.under === under ? chosen.rows : NOBODY;
  const choose = (rows: Choice) => setChosen({ under, rows });
  const creations = described?.creates?.filter((one) => page.data?.creates?.[one.name]) ?? [];
  const picked = described && page.data && creations.length > 0 ? pickedIn(described, page.data, choice, choose) : null;

  return (
    <div className="report">
      <header className="report-head">
        <h1>{described?.label ?? " "}</h1>
        <span className="report-space" />
        {page.data && (isDrawn || isDrawable(page.data)) && (
          <Segmented
            aria-label={t("shape")}
            value={shape}
            onChange={(to) => change({ chart: to === "table" ? null : to, page: search.get("page") })}
            options={SHAPES.map((value) => ({
              value,
              label: (
                <span title={t(`as.${value}`)}>
                  {ICONS[value]}
                  <span className="unseen">{t(`as.${value}`)}</span>
                </span>
              ),
            }))}
          />
        )}
        {described && READABLE.has(described.source) && <Readings asked={asked.parameters} onChange={change} />}
        {described && <TakeOut described={described} asked={asked} isAnswered={page.data !== undefined && !missing} />}
      </header>
      {described && (
        <ParameterBar
          parameters={described.parameters}
          given={page.data?.parameters ?? {}}
          asked={asked.parameters}
          onChange={change}
        />
      )}
      <ProblemNote error={page.error} onRetry={() => void page.refetch()} />
      {missing && (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("chooseFirst", { name: missing.label })} />
      )}
      {page.isPending && !missing && <Skeleton active />}
      {page.data && !missing && isDrawn && (
        <div className="picture">
          <Picture
            page={page.data}
            kind={shape}
            label={described?.label ?? ""}
            fills={isOfRecords}
            onPick={
              opens
                ? (row, key) => {
                    const column = page.data.columns.find((one) => one.key === key);
                    if (column) setOpened({ column, row: page.data.rows[row] ?? null });
                  }
                : undefined
            }
          />
        </div>
      )}
      {described && page.data && !missing && !isDrawn && picked && (
        <Creates
          described={described}
          creations={creations}
          parameters={page.data.parameters}
          sort={asked.sort}
          choice={choice}
          onClear={() => choose(NOBODY)}
          onChanged={() => {
            choose(NOBODY);
            void page.refetch();
          }}
        />
      )}
      {page.data && !missing && !isDrawn && (
        <Figures
          page={withOthers(page.data, t("chart:others"))}
          picked={picked}
          sort={asked.sort}
          onSort={(sort) => change({ sort })}
          opening={described?.opens ?? page.data.columns.filter(isMeasure).map((one) => one.key)}
          {...(opens ? { onOpen: (column: Heading, row: ListRow) => setOpened({ column, row }) } : {})}
          {...(opens && isOfRecords ? { onOpenTotal: (column: Heading) => setOpened({ column, row: null }) } : {})}
        />
      )}
      {page.data && !missing && <Foot page={page.data} asked={asked} onPage={(to) => change({ page: String(to) })} />}
      {opened && described && page.data && (
        <Suspense>
          <BehindFigure
            title={opened.column.label}
            figure={behind(described, page.data, opened)}
            onClose={() => setOpened(null)}
          />
        </Suspense>
      )}
    </div>
  );
}

const isMeasure = (column: Heading) => Boolean(column.measure) && !isDerived(column.key);

const SHAPES = ["table", "line", "bar", "pie"] as const;
type Shape = (typeof SHAPES)[number];
const ICONS: Record<Shape, ReactNode> = {
  table: <TableOutlined aria-hidden="true" />,
  line: <LineChartOutlined aria-hidden="true" />,
  bar: <BarChartOutlined aria-hidden="true" />,
  pie: <PieChartOutlined aria-hidden="true" />,
};

function shapeIn(address: URLSearchParams): Shape {
  const asked = address.get("chart");
  return SHAPES.find((one) => one === asked) ?? "table";
}

function pickedIn(
  described: ReportDescription,
  page: Page,
  choice: Choice,
  choose: (rows: Choice) => void,
): Picked | null {
  const rows = choosable(described, page);
  const isChosen = (place: number) => choice.has(rows.get(place)?.[0] ?? "");
  return {
    can: (place) => rows.has(place),
    has: isChosen,
    toggle: (place) => {
      const row = rows.get(place);
      if (row) choose(changedChoice(choice, [row], !isChosen(place)));
    },
    all: (isPicked) => choose(changedChoice(choice, rows.values(), isPicked)),
  };
}

/** What is asked about a figure: the rows of records that sum to it, or the entries of its account. */
function behind(described: ReportDescription, page: Page, { column, row }: { column: Heading; row: ListRow | null }) {
  if (described.opens && row) return partsBehind(described, page, column, row);
  return described.source === "records" || !row
    ? rowsBehind(described, page, column, row)
    : accountBehind(described, page, column, row);
}

/** `isAnswered`: everything that must be chosen is, so that there is something to take. */
function TakeOut({
  described,
  asked,
  isAnswered,
}: {
  described: ReportDescription;
  asked: Asked;
  isAnswered: boolean;
}) {
  const { t } = useTranslation("report");
  const message = useMessage();
  const { limit: _limit, offset: _offset, ...question } = questionOf(asked);
  const take = async (format: string) => {
    try {
      keep(await api.file("GET", `reports/${described.report}/export`, { query: { ...question, format } }));
    } catch (error) {
      void message.error(error instanceof Error ? error.message : t("common:somethingWrong"));
    }
  };
  const prints = described.prints ?? [];
  const [first] = prints;
  const written = useWritten();
  const print = useMutation({
    mutationFn: (name: string) => printFile(`reports/${described.report}/print/${name}`, question),
    onError: (error) => void message.error(error.message || t("common:somethingWrong")),
  });
  useShortcut({ keys: "$mod+P", label: t("common:print"), disabled: !first || !isAnswered }, () =>
    print.mutate(first?.name ?? ""),
  );
  return (
    <>
      {prints.map((one) => (
        <Tooltip key={one.name} title={one === first ? `${t("common:print")} ${written("$mod+P")}` : t("common:print")}>
          <Button
            icon={<PrinterOutlined aria-hidden="true" />}
            disabled={!isAnswered}
            loading={print.isPending && print.variables === one.name}
            onClick={() => print.mutate(one.name)}
          >
            {one.label}
          </Button>
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
        <Button icon={<DownloadOutlined aria-hidden="true" />} disabled={!isAnswered}>
          {t("common:export")}
        </Button>
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
