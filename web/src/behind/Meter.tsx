/** A meter of promises, opened: what was promised, every step that it took since, and who stands before it in line. */
import { useQuery } from "@tanstack/react-query";
import { Button, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api/client";
import { ProblemNote } from "@/look/ProblemNote";
import { Account } from "./Account";
import { FigureCell, figureOf } from "./FigureCell";
import "./behind.css";

interface Document {
  form: string;
  id: number;
  label: string;
  title: string | null;
}

type Shows = "wanted" | "settled" | "released" | "open" | "waiting";

interface Step extends Document {
  journal: number;
  on: string;
  kind: "place" | "settle" | "release" | "serve";
  is_reversal: boolean;
  wanted: string;
  settled: string;
  released: string;
  waiting: string;
  figure: string;
}

type Hold = Record<Shows, string> & {
  hold: number;
  placed_on: string | null;
  due: string | null;
  is_shown: boolean;
};

interface Opened {
  shows: Shows;
  measure: "quantity" | "amount";
  count: number;
  figure: string;
  withheld: { count: number; figure: string } | null;
  steps: Step[];
  holds: Hold[];
  line: {
    count: number;
    waiting: string;
    ahead: (Document & { hold: number; due: string | null; waiting: string })[];
    withheld: { count: number; waiting: string } | null;
  } | null;
  account: { account: string; at: Record<string, number> } | null;
}

export interface MeterQuestion {
  form: string;
  id: number;
  /** `lines.name` where the field stands in rows, with the row. */
  field: string;
  row?: number;
}

/** What a step is measured by: the part of the promise that it moved. */
const MOVES = { place: "wanted", settle: "settled", release: "released", serve: "waiting" } as const;

export function Meter({ question }: { question: MeterQuestion }) {
  const { t } = useTranslation("behind");
  const [asksAccount, setAsksAccount] = useState(false);
  const opened = useQuery({
    queryKey: ["figure", "meter", question],
    queryFn: () => api.post<Opened>("figures/meter", question),
    staleTime: 0,
    retry: false,
  });
  if (opened.isPending) return <Skeleton active />;
  if (!opened.data) return <ProblemNote error={opened.error} onRetry={() => void opened.refetch()} />;
  const { data } = opened;
  const isMoney = data.measure === "amount";
  const hold = data.holds.find((one) => one.is_shown);
  if (!hold) return <p className="soft">{t("nothingPromised")}</p>;
  return (
    <>
      <Held hold={hold} isMoney={isMoney} />
      <table className="entries">
        <caption>{t("steps", { count: data.count })}</caption>
        <thead>
          <tr>
            <th scope="col">{t("day")}</th>
            <th scope="col">{t("document")}</th>
            <th scope="col">{t("what")}</th>
            <th scope="col" className="figure">
              {t(`shows.${data.shows}`)}
            </th>
          </tr>
        </thead>
        <tbody>
          {data.steps.map((one, place) => (
            <tr key={`${one.journal} ${String(place)}`}>
              <td>{one.on}</td>
              <td>
                <Named document={one} />
              </td>
              <td>
                {t(`kind.${one.kind}`)} {figureOf(one[MOVES[one.kind]], isMoney)}
                {one.is_reversal && <span className="soft"> {t("reversal")}</span>}
              </td>
              <FigureCell figure={one.figure} money={isMoney} />
            </tr>
          ))}
          {data.withheld && (
            <tr className="soft">
              <td />
              <td colSpan={2}>{t("withheld", { count: data.withheld.count })}</td>
              <FigureCell figure={data.withheld.figure} money={isMoney} />
            </tr>
          )}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={3}>
              {t("sum")}
            </th>
            <FigureCell figure={data.figure} money={isMoney} isSum />
          </tr>
        </tfoot>
      </table>
      {data.line && <Line line={data.line} own={hold.waiting} />}
      <Earlier holds={data.holds.filter((one) => !one.is_shown)} isMoney={isMoney} />
      {data.account &&
        (asksAccount ? (
          <section className="behind-account">
            <h3>{t("account")}</h3>
            <Account {...data.account} />
          </section>
        ) : (
          <Button type="link" className="behind-further" onClick={() => setAsksAccount(true)}>
            {t("openAccount")}
          </Button>
        ))}
    </>
  );
}

/** What was promised and what became of it, in one row of figures. */
function Held({ hold, isMoney }: { hold: Hold; isMoney: boolean }) {
  const { t } = useTranslation("behind");
  const parts = (["wanted", "settled", "released", "open", "waiting"] as const).filter(
    (name) => name === "wanted" || name === "open" || /[1-9]/.test(hold[name]),
  );
  return (
    <>
      <p className="soft">
        {hold.placed_on && t("placedOn", { day: hold.placed_on })}
        {hold.due && ` · ${t("dueOn", { day: hold.due })}`}
      </p>
      <dl className="promise">
        {parts.map((name) => (
          <div key={name}>
            <dt>{t(`shows.${name}`)}</dt>
            <dd className="figure">{figureOf(hold[name], isMoney)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Line({ line, own }: { line: NonNullable<Opened["line"]>; own: string }) {
  const { t } = useTranslation("behind");
  return (
    <table className="entries">
      <caption>{t("ahead", { count: line.count, own: figureOf(own, false) })}</caption>
      {line.count > 0 && (
        <>
          <tbody>
            {line.ahead.map((one) => (
              <tr key={one.hold}>
                <td>{one.due ? t("dueOn", { day: one.due }) : t("noDue")}</td>
                <td>
                  <Named document={one} />
                </td>
                <FigureCell figure={one.waiting} />
              </tr>
            ))}
            {line.withheld && (
              <tr className="soft">
                <td />
                <td>{t("withheldAhead", { count: line.withheld.count })}</td>
                <FigureCell figure={line.withheld.waiting} />
              </tr>
            )}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={2}>
                {t("waitingAhead")}
              </th>
              <FigureCell figure={line.waiting} />
            </tr>
          </tfoot>
        </>
      )}
    </table>
  );
}

/** Promises of the same record that were taken back or let go before the one that is shown. */
function Earlier({ holds, isMoney }: { holds: Hold[]; isMoney: boolean }) {
  const { t } = useTranslation("behind");
  if (holds.length === 0) return null;
  return (
    <table className="entries">
      <caption>{t("earlier")}</caption>
      <tbody>
        {holds.map((one) => (
          <tr key={one.hold} className="soft">
            <td>{one.placed_on && t("placedOn", { day: one.placed_on })}</td>
            <td>
              {t("shows.released")} {figureOf(one.released, isMoney)}
            </td>
            <FigureCell figure={one.wanted} money={isMoney} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Named({ document }: { document: Document }) {
  return (
    <Link to={`/${document.form}/${document.id}`}>{[document.label, document.title].filter(Boolean).join(" ")}</Link>
  );
}
