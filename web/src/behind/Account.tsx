/** A figure of the book, opened: the entries and promises that sum to it. */
import { useQuery } from "@tanstack/react-query";
import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api/client";
import type { Linked } from "@/api/types";
import { ProblemNote } from "@/look/ProblemNote";
import { FigureCell, isMoved } from "./FigureCell";
import "./behind.css";

interface Opened {
  account: string;
  label: string;
  at: Record<string, Linked>;
  count: number;
  quantity: string | null;
  amount: string | null;
  withheld: { count: number; quantity: string | null; amount: string | null } | null;
  entries: {
    journal: number;
    on: string;
    form: string;
    id: number;
    label: string;
    quantity: string | null;
    amount: string | null;
    is_reversal: boolean;
  }[];
  holds: {
    hold: number;
    form: string;
    id: number;
    due: string | null;
    takes: boolean;
    label: string;
    quantity: string | null;
    amount: string | null;
    waiting: string | null;
  }[];
  withheld_holds: { count: number; quantity: string | null; amount: string | null } | null;
}

export interface AccountQuestion {
  account: string;
  at: Record<string, number>;
  /** The last day that counts; without it, what is now. */
  until?: string | null;
  /** With it only what moved from this day on. */
  since?: string | null;
  /** Without what was written into the book after this instant. */
  known_at?: string;
}

export function Account({ account, at, until = null, since = null, known_at }: AccountQuestion) {
  const { t } = useTranslation("record");
  const opened = useQuery({
    queryKey: ["figure", account, at, until, since, known_at],
    queryFn: () =>
      api.post<Opened>("figures", {
        account,
        at,
        ...(until ? { until } : {}),
        ...(since ? { since } : {}),
        ...(known_at ? { known_at } : {}),
      }),
    staleTime: 0,
    retry: false,
  });
  if (opened.isPending) return <Skeleton active />;
  if (!opened.data) return <ProblemNote error={opened.error} onRetry={() => void opened.refetch()} />;
  const { data } = opened;
  const hasQuantity = [
    data.quantity,
    ...data.entries.map((one) => one.quantity),
    ...data.holds.map((one) => one.quantity),
  ].some(isMoved);
  return (
    <>
      <p className="soft">
        {data.label}{" "}
        {Object.values(data.at)
          .map((one) => one.title ?? `#${one.id}`)
          .join(" · ")}
      </p>
      <table className="entries">
        <caption>{t("why.entries", { count: data.count })}</caption>
        <thead>
          <tr>
            <th scope="col">{t("why.day")}</th>
            <th scope="col">{t("why.document")}</th>
            {hasQuantity && (
              <th scope="col" className="figure">
                {t("quantity")}
              </th>
            )}
            <th scope="col" className="figure">
              {t("amount")}
            </th>
          </tr>
        </thead>
        <tbody>
          {data.entries.map((one, place) => (
            <tr key={`${one.journal} ${String(place)}`}>
              <td>{one.on}</td>
              <td>
                <Link to={`/${one.form}/${one.id}`}>{one.label}</Link>
                {one.is_reversal && <span className="soft"> {t("why.reversal")}</span>}
              </td>
              {hasQuantity && <FigureCell figure={one.quantity} />}
              <FigureCell figure={one.amount} money />
            </tr>
          ))}
          {data.withheld && (
            <tr className="soft">
              <td />
              <td>{t("why.withheld", { count: data.withheld.count })}</td>
              {hasQuantity && <FigureCell figure={data.withheld.quantity} />}
              <FigureCell figure={data.withheld.amount} money />
            </tr>
          )}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>
              {t("why.sum")}
            </th>
            {hasQuantity && <FigureCell figure={data.quantity} />}
            <FigureCell figure={data.amount} money />
          </tr>
        </tfoot>
      </table>
      {data.holds.length > 0 && (
        <table className="entries">
          <caption>{t("holds")}</caption>
          <tbody>
            {data.holds.map((one) => (
              <tr key={one.hold}>
                <td>{one.due ?? ""}</td>
                <td>
                  {t(one.takes ? "reserves" : "expects")} <Link to={`/${one.form}/${one.id}`}>{one.label}</Link>
                </td>
                {hasQuantity && <FigureCell figure={one.quantity} />}
                <FigureCell figure={one.amount} money />
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
