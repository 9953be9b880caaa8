/** The rows of a list in groups: how many and which sums; a group opens into its rows. */
// biome-ignore-all lint/a11y/useSemanticElements: a grid of which only the rows in sight are drawn cannot be a table element; the pattern of ARIA says the rest
// biome-ignore-all lint/a11y/useFocusableInteractive: a grid of which only the rows in sight are drawn cannot be a table element; the pattern of ARIA says the rest
// biome-ignore-all lint/a11y/noStaticElementInteractions: a grid of which only the rows in sight are drawn cannot be a table element; the pattern of ARIA says the rest
// biome-ignore-all lint/a11y/useKeyWithClickEvents: a grid of which only the rows in sight are drawn cannot be a table element; the pattern of ARIA says the rest
import { DownOutlined, RightOutlined } from "@ant-design/icons";
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Button, Skeleton } from "antd";
import { type CSSProperties, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api, type Query } from "@/api/client";
import { keys } from "@/api/queries";
import type { Heading, ListRow, Page, Value } from "@/api/types";
import { useLook } from "@/look/Look";
import { ProblemNote } from "@/look/ProblemNote";
import { Cell } from "./Cell";
import { type Column, isFigure, usualWidth } from "./columns";
import type { Part } from "./condition";
import { Sum } from "./GridSums";
import "./grid.css";
import "./groups.css";

interface Group {
  value: Value;
  label: string | null;
  count: number;
  sums: Record<string, string>;
  where: Part[];
}

interface Answer {
  by: Heading;
  groups: Group[];
  more: boolean;
}

interface Props {
  form: string;
  by: string;
  columns: Column[];
  titleKey: string | null;
  selection: Query;
  /** The same conditions as a list, to be added to those of a group. */
  where: Part[];
  sort: string[] | null;
  widths: Record<string, number>;
  label: string;
  onNarrow: (where: Part[]) => void;
}

const STEP = 50;
const MOST = 1000;
const MOST_GROUPS = 500;

type Line =
  | { kind: "group"; group: Group; place: number; isOpen: boolean }
  | { kind: "row"; row: ListRow; key: string }
  | { kind: "waiting"; key: string }
  | { kind: "more"; group: Group; place: number; shown: number };

export default function Groups(props: Props) {
  const { form, by, columns, titleKey, selection, where, sort, widths, label } = props;
  const { t } = useTranslation("list");
  const { size } = useLook();
  const navigate = useNavigate();
  const scroller = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState<Record<string, number>>({});
  const keysAsked = columns.map((one) => one.key).join(",");
  const question = { ...selection, by, columns: keysAsked, limit: MOST_GROUPS };
  const answer = useQuery({
    queryKey: [...keys.lists(form), "groups", question],
    queryFn: ({ signal }) => api.get<Answer>(`${form}/groups`, question, signal),
    placeholderData: keepPreviousData,
  });
  const groups = answer.data?.groups ?? [];
  const nameOf = (group: Group) => JSON.stringify(group.value);
  const open = groups.filter((group) => opened[nameOf(group)] !== undefined);
  const pages = useQueries({
    queries: open.map((group) => {
      const asked = {
        ...selection,
        where: JSON.stringify([...where, ...group.where]),
        columns: keysAsked,
        sort: sort?.join(","),
        limit: opened[nameOf(group)] ?? STEP,
      };
      return {
        queryKey: [...keys.lists(form), asked],
        queryFn: ({ signal }: { signal: AbortSignal }) => api.get<Page>(form, asked, signal),
        placeholderData: keepPreviousData,
      };
    }),
  });

  const lines: Line[] = groups.flatMap((group, place): Line[] => {
    const at = open.indexOf(group);
    const head: Line = { kind: "group", group, place, isOpen: at >= 0 };
    if (at < 0) return [head];
    const page = pages[at]?.data;
    if (!page) return [head, { kind: "waiting", key: nameOf(group) }];
    const rows = page.rows.map((row): Line => ({ kind: "row", row, key: `${nameOf(group)} ${row.id}` }));
    return page.next ? [head, ...rows, { kind: "more", group, place, shown: page.rows.length }] : [head, ...rows];
  });
  const height = size === "large" ? 46 : 38;
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
    initialRect: { width: 1200, height: 640 },
  });
  if (answer.error) return <ProblemNote error={answer.error} onRetry={() => void answer.refetch()} />;
  if (!answer.data) return <Skeleton active />;

  const toggle = (group: Group) => {
    const { [nameOf(group)]: at, ...others } = opened;
    setOpened(at === undefined ? { ...opened, [nameOf(group)]: STEP } : others);
  };
  const template = [
    "220px",
    ...columns.map((one) => `${widths[one.key] ?? usualWidth(one.shape)}px`),
    "minmax(16px, 1fr)",
  ].join(" ");
  const step = (from: HTMLElement, way: number) => {
    const all = [...(scroller.current?.querySelectorAll<HTMLElement>("button.group-name, a.list-name") ?? [])];
    all[all.indexOf(from) + way]?.focus();
  };
  return (
    <div
      className="grid"
      ref={scroller}
      role="treegrid"
      aria-label={label}
      aria-busy={answer.isPlaceholderData}
      style={{ "--grid-columns": template, "--grid-row": `${height}px` } as CSSProperties}
      onKeyDown={(event) => {
        if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
        event.preventDefault();
        step(event.target as HTMLElement, event.key === "ArrowDown" ? 1 : -1);
      }}
    >
      <div className="grid-row grid-head" role="row">
        <div role="columnheader" className="grid-cell">
          {answer.data.by.label}
        </div>
        {columns.map((column) => (
          <div key={column.key} role="columnheader" className={isFigure(column) ? "grid-cell is-figure" : "grid-cell"}>
            {column.shape.label}
          </div>
        ))}
        <div className="grid-cell" role="presentation" />
      </div>
      <div role="rowgroup" className="grid-body" style={{ height: lines.length * height }}>
        {virtual.getVirtualItems().map((item) => {
          const line = lines[item.index] as Line;
          const style = { transform: `translateY(${item.start}px)` };
          if (line.kind === "group")
            return (
              <div
                key={`g ${nameOf(line.group)}`}
                role="row"
                aria-level={1}
                aria-expanded={line.isOpen}
                className="grid-row is-group"
                style={style}
              >
                <div role="gridcell" className="grid-cell">
                  <button type="button" className="group-name" onClick={() => toggle(line.group)}>
                    {line.isOpen ? <DownOutlined aria-hidden="true" /> : <RightOutlined aria-hidden="true" />}
                    <span className="grid-label">{line.group.label ?? t("blank")}</span>
                    <span className="group-count figure">{line.group.count}</span>
                  </button>
                </div>
                {columns.map((column) => (
                  <div key={column.key} role="gridcell" className="grid-cell is-figure">
                    <Sum column={column} value={line.group.sums[column.key]} />
                  </div>
                ))}
                <div className="grid-cell" role="presentation" />
              </div>
            );
          if (line.kind === "row")
            return (
              <div
                key={`r ${line.key}`}
                role="row"
                aria-level={2}
                className="grid-row is-open"
                style={style}
                onClick={(event) => {
                  if ((event.target as HTMLElement).closest("a") || window.getSelection()?.toString()) return;
                  navigate(`/${form}/${line.row.id}`, {
                    state: { from: window.location.pathname + window.location.search },
                  });
                }}
              >
                <div className="grid-cell" role="presentation" />
                {columns.map((column) => (
                  <div
                    key={column.key}
                    role="gridcell"
                    className={isFigure(column) ? "grid-cell is-figure" : "grid-cell"}
                  >
                    <Cell
                      shape={column.shape}
                      value={line.row[column.key]}
                      to={column.key === titleKey ? `/${form}/${line.row.id}` : undefined}
                    />
                  </div>
                ))}
                <div className="grid-cell" role="presentation" />
              </div>
            );
          return (
            <div key={item.key} role="row" aria-level={2} className="grid-row" style={style}>
              <div role="gridcell" className="grid-cell group-more">
                {line.kind === "waiting" ? (
                  <span className="grid-ghost" />
                ) : (
                  <>
                    {line.shown < MOST && (
                      <Button
                        type="link"
                        size="small"
                        onClick={() =>
                          setOpened({ ...opened, [nameOf(line.group)]: Math.min(MOST, line.shown + STEP * 4) })
                        }
                      >
                        {t("moreRows")}
                      </Button>
                    )}
                    <Button type="link" size="small" onClick={() => props.onNarrow([...where, ...line.group.where])}>
                      {t("onlyThese")}
                    </Button>
                  </>
                )}
              </div>
            </div>
          );
        })}
      </div>
      {groups.length === 0 && <p className="groups-none soft">{t("noMatch")}</p>}
      {answer.data.more && <p className="groups-none soft">{t("moreGroups", { count: MOST_GROUPS })}</p>}
    </div>
  );
}
