/** Records on their days, a month at a time. */
import { LeftOutlined, RightOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Popover } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Query } from "@/api/client";
import { listQuery } from "@/api/queries";
import type { DeclaredView, Form, Kind, ListRow } from "@/api/types";
import { shapeOfHeading } from "@/fields/shape";
import { shown } from "@/fields/shown";
import { dayOf } from "@/look/figures";
import { ProblemNote } from "@/look/ProblemNote";
import { useNarrow } from "@/look/useNarrow";
import { CardValues } from "./Board";
import type { Part } from "./condition";
import { bounds, byDay, dayIn, isMonth, monthOf, monthsOn, orderOf, weeksOf } from "./month";
import "./calendar.css";

interface Props {
  form: Form;
  view: DeclaredView;
  kindOf: (key: string) => Kind | undefined;
  selection: Query;
  where: Part[];
  month: string;
  onMonth: (month: string) => void;
}

const MOST = 1000;
const IN_A_DAY = 3;

export default function Calendar({ form, view, kindOf, selection, where, month: asked, onMonth }: Props) {
  const { t, i18n } = useTranslation("list");
  const isNarrow = useNarrow();
  const today = dayOf(new Date());
  const month = isMonth(asked) ? asked : monthOf(new Date());
  const weeks = weeksOf(month);
  const first = weeks[0]?.[0] ?? "";
  const last = weeks.at(-1)?.at(-1) ?? "";
  const on = view.on ?? "";
  const until = view.until ?? null;
  const columns = [on, until, view.title, ...(view.columns ?? []).map((one) => one.key)];
  // Without an end that is told, a record stands on its first day: those that began before and last into the month are asked for too.
  const within = [bounds(on, "le", last, kindOf(on)), bounds(until ?? on, "ge", first, kindOf(until ?? on))];
  const page = useQuery(
    listQuery(form.form, {
      ...selection,
      where: JSON.stringify([...where, ...within]),
      columns: [...new Set(columns.filter((one) => one))].join(","),
      sort: orderOf(on, view.columns ?? []),
      limit: MOST,
    }),
  );
  const openEnded = useQuery({
    ...listQuery(form.form, {
      ...selection,
      where: JSON.stringify([
        ...where,
        bounds(on, "le", last, kindOf(on)),
        bounds(on, "ge", first, kindOf(on)),
        { field: until ?? on, op: "blank" },
      ]),
      columns: [...new Set(columns.filter((one) => one))].join(","),
      sort: orderOf(on, view.columns ?? []),
      limit: MOST,
    }),
    enabled: until !== null,
  });
  const rows = [...(page.data?.rows ?? []), ...(until === null ? [] : (openEnded.data?.rows ?? []))];
  const days = byDay<ListRow>(
    rows,
    (row) => {
      const from = dayIn(row[on]);
      return from ? [from, (until && dayIn(row[until])) || from] : null;
    },
    first,
    last,
  );
  const headings = page.data?.columns ?? [];
  const titleHeading = headings.find((one) => one.key === view.title);
  const words = { yes: t("common:yes"), no: t("common:no") };
  const titleOf = (row: ListRow) =>
    (titleHeading && shown(shapeOfHeading(titleHeading), row[titleHeading.key], words)) || `#${row.id}`;
  const stands = (view.columns ?? []).map((one) => one.key).filter((key) => key !== view.title && key !== on);
  const beside = stands[0] ? headings.find((one) => one.key === stands[0]) : undefined;

  const entry = (row: ListRow) => (
    <Link className="day-entry" to={`/${form.form}/${row.id}`} title={titleOf(row)}>
      <span>{titleOf(row)}</span>
      {isNarrow && beside && <span className="soft">{shown(shapeOfHeading(beside), row[beside.key], words)}</span>}
    </Link>
  );
  const monthText = new Intl.DateTimeFormat(i18n.language, { year: "numeric", month: "long" }).format(
    new Date(`${month}-01T00:00`),
  );
  const weekday = new Intl.DateTimeFormat(i18n.language, { weekday: "short" });
  const dayText = new Intl.DateTimeFormat(i18n.language, { month: "long", day: "numeric", weekday: "short" });

  return (
    <section className="calendar" aria-label={view.label} aria-busy={page.isFetching}>
      <div className="calendar-head">
        <Button
          icon={<LeftOutlined aria-hidden="true" />}
          aria-label={t("monthBefore")}
          onClick={() => onMonth(monthsOn(month, -1))}
        />
        <Button
          icon={<RightOutlined aria-hidden="true" />}
          aria-label={t("monthAfter")}
          onClick={() => onMonth(monthsOn(month, 1))}
        />
        <h3 aria-live="polite">{monthText}</h3>
        <Button type="text" onClick={() => onMonth("")} disabled={month === monthOf(new Date())}>
          {t("thisMonth")}
        </Button>
        {page.data?.next && <span className="soft">{t("tooMany", { count: MOST })}</span>}
      </div>
      <ProblemNote error={page.error} onRetry={() => void page.refetch()} />
      {isNarrow ? (
        <ul className="agenda">
          {weeks.flat().map((at) => {
            const here = days.get(at) ?? [];
            if (!at.startsWith(month) || (here.length === 0 && at !== today)) return null;
            return (
              <li key={at}>
                <h4>{dayText.format(new Date(`${at}T00:00`))}</h4>
                {here.length === 0 ? (
                  <p className="soft">{t("nothingToday")}</p>
                ) : (
                  here.map((row) => <div key={row.id}>{entry(row)}</div>)
                )}
              </li>
            );
          })}
          {[...days.keys()].every((at) => !at.startsWith(month)) && <li className="soft">{t("nothingThisMonth")}</li>}
        </ul>
      ) : (
        <table className="month">
          <thead>
            <tr>
              {weeks[0]?.map((at) => (
                <th key={at} scope="col">
                  {weekday.format(new Date(`${at}T00:00`))}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {weeks.map((week) => (
              <tr key={week[0]}>
                {week.map((at) => {
                  const here = days.get(at) ?? [];
                  const fits = here.length > IN_A_DAY + 1 ? IN_A_DAY : here.length;
                  return (
                    <td
                      key={at}
                      className={at.startsWith(month) ? (at === today ? "is-today" : undefined) : "is-other"}
                    >
                      <time dateTime={at}>{Number(at.slice(8))}</time>
                      {here.slice(0, fits).map((row) => (
                        <div key={row.id}>{entry(row)}</div>
                      ))}
                      {here.length > fits && (
                        <Popover
                          trigger="click"
                          title={dayText.format(new Date(`${at}T00:00`))}
                          content={
                            <ul className="day-all">
                              {here.map((row) => (
                                <li key={row.id} className="board-card">
                                  <div className="board-name">
                                    <Link to={`/${form.form}/${row.id}`}>{titleOf(row)}</Link>
                                  </div>
                                  <CardValues headings={headings} keys={stands} row={row} />
                                </li>
                              ))}
                            </ul>
                          }
                        >
                          <Button type="link" size="small">
                            {t("andOthers", { count: here.length - fits })}
                          </Button>
                        </Popover>
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
