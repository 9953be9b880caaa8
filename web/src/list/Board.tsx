/** Records as cards in columns by a choice, a flag, a link or their state; a card that is moved takes the step that leads there. */
import { MoreOutlined } from "@ant-design/icons";
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { Button, Dropdown, Skeleton } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type Query } from "@/api/client";
import { keys } from "@/api/queries";
import type { DeclaredView, Form, Heading, ListRow, Page, Transition } from "@/api/types";
import { isBlank, isLinked, shapeOfHeading } from "@/fields/shape";
import { shown } from "@/fields/shown";
import { useMessage } from "@/look/messages";
import { ProblemNote } from "@/look/ProblemNote";
import { boardColumns, type Group, stepsBetween } from "./boards";
import { Cell } from "./Cell";
import type { Column } from "./columns";
import type { Part } from "./condition";
import { Tone } from "./Tone";
import "./board.css";

const MoveDrawer = lazy(() => import("./MoveDrawer"));

interface Props {
  form: Form;
  view: DeclaredView;
  by: Column;
  selection: Query;
  where: Part[];
  sort: string[] | null;
  onNarrow: (where: Part[]) => void;
}

export interface Moving {
  row: ListRow;
  title: string;
  steps: Transition[];
}

const STEP = 30;
const MOST = 300;
const CARRIED = "application/x-card";

export default function Board({ form, view, by, selection, where, sort, onNarrow }: Props) {
  const { t } = useTranslation("list");
  const message = useMessage();
  const [moving, setMoving] = useState<Moving | null>(null);
  const [carried, setCarried] = useState<ListRow | null>(null);
  const [limits, setLimits] = useState<Record<string, number>>({});
  const isMoved = view.by === "state";
  const question = { ...selection, by: by.key, columns: by.key, limit: 200 };
  const answer = useQuery({
    queryKey: [...keys.lists(form.form), "groups", question],
    queryFn: ({ signal }) => api.get<{ groups: Group[] }>(`${form.form}/groups`, question, signal),
    placeholderData: keepPreviousData,
  });
  const groups = boardColumns(by, answer.data?.groups ?? []);
  const nameOf = (group: Group) => JSON.stringify(group.value);
  const stands = (view.columns ?? []).map((one) => one.key).filter((key) => key !== view.title && key !== by.key);
  const asks = [view.title ?? "", ...stands, ...(form.states.length > 0 ? ["state"] : []), "version"];
  const columns = [...new Set(asks.filter(Boolean))].join(",");
  const pages = useQueries({
    queries: groups.map((group) => {
      const asked = {
        ...selection,
        where: JSON.stringify([...where, ...group.where]),
        columns,
        sort: sort?.join(","),
        limit: limits[nameOf(group)] ?? STEP,
      };
      return {
        queryKey: [...keys.lists(form.form), asked],
        queryFn: ({ signal }: { signal: AbortSignal }) => api.get<Page>(form.form, asked, signal),
        placeholderData: keepPreviousData,
        enabled: group.count > 0,
      };
    }),
  });
  if (answer.error) return <ProblemNote error={answer.error} onRetry={() => void answer.refetch()} />;
  if (!answer.data) return <Skeleton active />;

  const headings = pages.find((one) => one.data)?.data?.columns ?? [];
  const titleOf = (row: ListRow) => {
    const heading = headings.find((one) => one.key === view.title);
    const said =
      heading && shown(shapeOfHeading(heading), row[heading.key], { yes: t("common:yes"), no: t("common:no") });
    return said || `#${row.id}`;
  };
  const move = (row: ListRow, to: string | null, step?: Transition) => {
    const from = String(row.state ?? "");
    if (from === to) return;
    const steps = step ? [step] : stepsBetween(form, from, to);
    if (steps.length > 0) setMoving({ row, title: titleOf(row), steps });
    else void message.info(t("noStep", { to: by.shape.options?.[to ?? ""] ?? to }));
  };

  return (
    <section className="board" aria-label={view.label}>
      {groups.map((group, place) => {
        const code = String(group.value);
        const rows = group.count > 0 ? pages[place]?.data?.rows : [];
        const canDrop = carried !== null && isMoved && stepsBetween(form, String(carried.state), code).length > 0;
        const name =
          by.shape.kind === "flag"
            ? t(group.value ? "common:yes" : "common:no")
            : isLinked(group.value)
              ? group.value.title
              : group.label;
        return (
          <section
            key={nameOf(group)}
            className={["board-column", canDrop && "can-drop", group.count === 0 && "is-bare"]
              .filter(Boolean)
              .join(" ")}
            aria-label={`${name ?? t("blank")} ${group.count}`}
            onDragOver={(event) => {
              if (!canDrop) return;
              event.preventDefault();
              event.dataTransfer.dropEffect = "move";
            }}
            onDrop={(event) => {
              event.preventDefault();
              if (carried && event.dataTransfer.types.includes(CARRIED)) move(carried, code);
              setCarried(null);
            }}
          >
            <h3>
              {by.shape.kind === "choice" && group.value !== null ? (
                <Tone options={by.shape.options} value={code} />
              ) : (
                (name ?? t("blank"))
              )}
              <span className="soft figure">{group.count}</span>
            </h3>
            <ul>
              {rows === undefined && <Skeleton active title={false} paragraph={{ rows: 3 }} />}
              {rows?.map((row) => {
                const steps = isMoved ? stepsBetween(form, String(row.state ?? ""), null) : [];
                return (
                  <li
                    key={row.id}
                    className={carried?.id === row.id ? "board-card is-carried" : "board-card"}
                    draggable={steps.length > 0}
                    onDragStart={(event) => {
                      event.dataTransfer.setData(CARRIED, String(row.id));
                      event.dataTransfer.effectAllowed = "move";
                      setCarried(row);
                    }}
                    onDragEnd={() => setCarried(null)}
                  >
                    <div className="board-name">
                      <Link to={`/${form.form}/${row.id}`} draggable={false}>
                        {titleOf(row)}
                      </Link>
                      {steps.length > 0 && (
                        <Dropdown
                          trigger={["click"]}
                          menu={{
                            items: steps.map((one) => ({
                              key: one.name,
                              label: t("stepTo", { step: one.label, to: by.shape.options?.[one.to] ?? one.to }),
                            })),
                            onClick: ({ key }) =>
                              move(
                                row,
                                null,
                                steps.find((one) => one.name === key),
                              ),
                          }}
                        >
                          <Button
                            type="text"
                            size="small"
                            icon={<MoreOutlined aria-hidden="true" />}
                            aria-label={t("moveCard", { title: titleOf(row) })}
                          />
                        </Dropdown>
                      )}
                    </div>
                    <CardValues headings={headings} keys={stands} row={row} />
                  </li>
                );
              })}
              {rows && rows.length < group.count && (
                <li className="board-more">
                  {rows.length < MOST ? (
                    <Button
                      type="link"
                      size="small"
                      onClick={() => setLimits({ ...limits, [nameOf(group)]: Math.min(MOST, rows.length + STEP * 3) })}
                    >
                      {t("moreRows")}
                    </Button>
                  ) : (
                    <Button type="link" size="small" onClick={() => onNarrow([...where, ...group.where])}>
                      {t("onlyThese")}
                    </Button>
                  )}
                </li>
              )}
            </ul>
          </section>
        );
      })}
      {moving && (
        <Suspense>
          <MoveDrawer form={form} moving={moving} onClose={() => setMoving(null)} />
        </Suspense>
      )}
    </section>
  );
}

/** The further values on a card, each with its name for those who do not see where it stands. */
export function CardValues({ headings, keys: given, row }: { headings: Heading[]; keys: string[]; row: ListRow }) {
  return given.map((key) => {
    const heading = headings.find((one) => one.key === key);
    if (!heading || isBlank(row[key])) return null;
    return (
      <div className="board-value" key={key}>
        <span className="soft">{heading.label}</span>
        <Cell shape={shapeOfHeading(heading)} value={row[key]} leads={false} />
      </div>
    );
  });
}
