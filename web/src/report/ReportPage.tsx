/** A report: what it is asked for, its figures with their sums, a picture of them, and the way behind each figure. */
import {
  AreaChartOutlined,
  BarChartOutlined,
  LineChartOutlined,
  PieChartOutlined,
  TableOutlined,
} from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Empty, Pagination, Segmented, Skeleton } from "antd";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams, useSearchParams } from "react-router";
import { reportQuery, reportsQuery } from "@/api/queries";
import type { Heading, ListRow, ReportPage as Page, ReportDescription } from "@/api/types";
import { isDrawable, nameOf } from "@/chart/drawing";
import { Picture } from "@/chart/Picture";
import { grouped } from "@/look/figures";
import { ProblemNote } from "@/look/ProblemNote";
import { behind, keysIn } from "./behind";
import { Creates } from "./Creates";
import { type Choice, changedChoice, choosable, NOBODY } from "./choosing";
import { Figures, type Picked } from "./Figures";
import { withOthers } from "./others";
import { ParameterBar } from "./ParameterBar";
import { type Asked, askedIn, changed, givenIn, PAGE_SIZE, questionOf } from "./parameters";
import { MAIN, READABLE, Readings, type Shape, shapeIn } from "./Readings";
import { TakeOut } from "./TakeOut";
import "./report.css";

const BehindFigure = lazy(() => import("@/behind/BehindFigure"));

export default function ReportPage() {
  const { report = "" } = useParams();
  const { t } = useTranslation("report");
  const [search, setSearch] = useSearchParams();
  /** A figure of a row, or without one of the sums at the foot. */
  const [opened, setOpened] = useState<Opened | null>(null);
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
  const opens = (column: Heading, row: ListRow | null) =>
    described !== undefined && page.data !== undefined && behind(described, page.data, column, row) !== null;
  const figure = opened && described && page.data ? behind(described, page.data, opened.column, opened.row) : null;
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
            options={[...MAIN, ...(MAIN.has(shape) ? [] : [shape])].map((value) => ({
              value,
              label: (
                <span title={t(`as.${value}`)}>
                  {ICONS[value] ?? <AreaChartOutlined aria-hidden="true" />}
                  <span className="unseen">{t(`as.${value}`)}</span>
                </span>
              ),
            }))}
          />
        )}
        {described && READABLE.has(described.source) && (
          <Readings described={described} asked={asked.parameters} shape={shape} onChange={change} />
        )}
        {described && (
          <TakeOut described={described} asked={asked} draw={shape} isAnswered={page.data !== undefined && !missing} />
        )}
      </header>
      {described && (
        <ParameterBar
          parameters={described.parameters}
          given={page.data ? givenIn(page.data) : {}}
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
            onPick={(row, key) => {
              const column = page.data.columns.find((one) => one.key === key);
              const found = page.data.rows[row];
              if (column && found && opens(column, found)) setOpened({ column, row: found });
            }}
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
          opening={openingIn(page.data, opens)}
          onOpen={(column, row) => setOpened({ column, row })}
          {...(isOfRecords ? { onOpenTotal: (column: Heading) => setOpened({ column, row: null }) } : {})}
          opensTotal={(column) => opens(column, null)}
        />
      )}
      {page.data && !missing && <Foot page={page.data} asked={asked} onPage={(to) => change({ page: String(to) })} />}
      {figure && (
        <Suspense>
          <BehindFigure title={titleOf(page.data, opened)} figure={figure} onClose={() => setOpened(null)} />
        </Suspense>
      )}
    </div>
  );
}

interface Opened {
  column: Heading;
  row: ListRow | null;
}

/** What was opened: the figure, and of what it is. */
function titleOf(page: Page | undefined, opened: Opened | null): string {
  if (!page || !opened) return "";
  const { column, row } = opened;
  const name = row ? nameOf(keysIn(page), row) : "";
  return [name, column.label].filter(Boolean).join(" · ");
}

/** The columns whose figures open. */
function openingIn(page: Page, opens: (column: Heading, row: ListRow) => boolean): string[] {
  const [first] = page.rows;
  return first ? page.columns.filter((column) => opens(column, first)).map((column) => column.key) : [];
}

const ICONS: Partial<Record<Shape, ReactNode>> = {
  table: <TableOutlined aria-hidden="true" />,
  line: <LineChartOutlined aria-hidden="true" />,
  bar: <BarChartOutlined aria-hidden="true" />,
  pie: <PieChartOutlined aria-hidden="true" />,
};

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
