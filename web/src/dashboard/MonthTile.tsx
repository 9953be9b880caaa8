/** Records by day in a small month: days with records bear their number, and below stand those of the chosen day. */
import { LeftOutlined, RightOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { ListAnswer } from "@/api/dashboards";
import { formQuery, listQuery } from "@/api/queries";
import type { DeclaredView, Form, ListRow } from "@/api/types";
import { shapeOfHeading } from "@/fields/shape";
import { shown } from "@/fields/shown";
import { bounds, byDay, dayIn, monthOf, monthsOn, orderOf, weeksOf } from "@/list/month";
import { dayOf } from "@/look/figures";
import { ProblemNote } from "@/look/ProblemNote";
import { TileLate } from "./TileLate";
import "./month.css";

const MOST = 1000;

/** A view that the form does not declare (any more) is a table. */
export function MonthTile({ answer, otherwise }: { answer: ListAnswer; otherwise: React.ReactNode }) {
  const form = useQuery(formQuery(answer.form));
  if (form.isPending) return <TileLate />;
  const view = form.data?.views?.find((one) => one.name === answer.view && one.kind === "calendar");
  if (!form.data || !view?.on) return otherwise;
  return <Month form={form.data} view={view} on={view.on} filter={answer.filter ?? ""} />;
}

function Month({ form, view, on, filter }: { form: Form; view: DeclaredView; on: string; filter: string }) {
  const { t, i18n } = useTranslation("dashboard");
  const today = dayOf(new Date());
  const [month, setMonth] = useState(() => monthOf(new Date()));
  const [chosen, setChosen] = useState(today);
  const weeks = weeksOf(month);
  const [first = "", last = ""] = [weeks[0]?.[0], weeks.at(-1)?.at(-1)];
  const kind = form.fields.find((one) => one.name === on)?.kind;
  const columns = [...new Set([on, view.title, ...(view.columns ?? []).map((one) => one.key)])].filter(Boolean);
  const page = useQuery(
    listQuery(form.form, {
      filter,
      where: JSON.stringify([bounds(on, "ge", first, kind), bounds(on, "le", last, kind)]),
      columns: columns.join(","),
      sort: orderOf(on, view.columns ?? []),
      limit: MOST,
    }),
  );
  const headings = page.data?.columns ?? [];
  const days = byDay<ListRow>(
    page.data?.rows ?? [],
    (row) => {
      const day = dayIn(row[on]);
      return day ? [day, day] : null;
    },
    first,
    last,
  );
  const words = { yes: t("common:yes"), no: t("common:no") };
  const say = (row: ListRow, key: string | null | undefined) => {
    const heading = headings.find((one) => one.key === key);
    return heading ? shown(shapeOfHeading(heading), row[heading.key], words) : "";
  };
  const beside = (view.columns ?? []).map((one) => one.key).filter((key) => key !== view.title && key !== on);
  const here = days.get(chosen) ?? [];
  const at = (day: string, parts: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(i18n.language, parts).format(new Date(`${day}T00:00`));
  const turn = (by: number) => {
    const next = monthsOn(month, by);
    setMonth(next);
    setChosen(next === monthOf(new Date()) ? today : `${next}-01`);
  };
  return (
    <div className="month-tile" aria-busy={page.isFetching}>
      <div className="month-head">
        <Button
          type="text"
          size="small"
          icon={<LeftOutlined aria-hidden="true" />}
          aria-label={t("monthBefore")}
          onClick={() => turn(-1)}
        />
        <b aria-live="polite">{at(`${month}-01`, { year: "numeric", month: "long" })}</b>
        <Button
          type="text"
          size="small"
          icon={<RightOutlined aria-hidden="true" />}
          aria-label={t("monthAfter")}
          onClick={() => turn(1)}
        />
      </div>
      <ProblemNote error={page.error} onRetry={() => void page.refetch()} />
      <table className="month-days">
        <thead>
          <tr>
            {weeks[0]?.map((day) => (
              <th key={day} scope="col" abbr={at(day, { weekday: "long" })}>
                {at(day, { weekday: "narrow" })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]}>
              {week.map((day) => {
                const count = days.get(day)?.length ?? 0;
                const marks = [
                  day === chosen && "chosen",
                  day === today && "is-today",
                  !day.startsWith(month) && "is-other",
                ];
                return (
                  <td key={day}>
                    <button
                      type="button"
                      className={marks.filter(Boolean).join(" ")}
                      aria-pressed={day === chosen}
                      onClick={() => setChosen(day)}
                    >
                      <time dateTime={day}>{Number(day.slice(8))}</time>
                      {count > 0 && (
                        <b>
                          {count}
                          <span className="unseen"> {t("records")}</span>
                        </b>
                      )}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <h3>{at(chosen, { month: "long", day: "numeric", weekday: "short" })}</h3>
      {here.length === 0 ? (
        <p className="soft">{t("nothingThatDay")}</p>
      ) : (
        <ul className="month-records">
          {here.map((row) => (
            <li key={row.id}>
              <Link to={`/${form.form}/${row.id}`}>{say(row, view.title) || `#${row.id}`}</Link>
              <span className="soft">
                {beside
                  .map((key) => say(row, key))
                  .filter(Boolean)
                  .join(" · ")}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
