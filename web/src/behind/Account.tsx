/** A figure of the book, opened: the entries and promises that sum to it. */
import { useQuery } from "@tanstack/react-query";
import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api/client";
import type { Linked } from "@/api/types";
import { isBlank } from "@/fields/shape";
import { figure as figureText, grouped, trimmed } from "@/look/figures";
import { ProblemNote } from "@/look/ProblemNote";
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

interface Props {
  account: string;
  at: Record<string, number>;
  /** The last day that counts; without it, what is now. */
  until?: string | null;
}

export function Account({ account, at, until = null }: Props) {
  const { t } = useTranslation("record");
  const opened = useQuery({
    queryKey: ["figure", account, at, until],
    queryFn: () => api.post<Opened>("figures", until === null ? { account, at } : { account, at, until }),
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
              {hasQuantity && <Cell figure={one.quantity} />}
              <Cell figure={one.amount} money />
            </tr>
          ))}
          {data.withheld && (
            <tr className="soft">
              <td />
              <td>{t("why.withheld", { count: data.withheld.count })}</td>
              {hasQuantity && <Cell figure={data.withheld.quantity} />}
              <Cell figure={data.withheld.amount} money />
            </tr>
          )}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>
              {t("why.sum")}
            </th>
            {hasQuantity && <Cell figure={data.quantity} />}
            <Cell figure={data.amount} money />
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
                {hasQuantity && <Cell figure={one.quantity} />}
                <Cell figure={one.amount} money />
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

const isMoved = (figure: string | null) => figure !== null && /[1-9]/.test(figure);

function Cell({ figure, money = false }: { figure: string | null; money?: boolean }) {
  if (isBlank(figure) || !isMoved(figure)) return <td className="figure blank">–</td>;
  const text = String(figure);
  return (
    <td className={text.startsWith("-") ? "figure negative" : "figure"}>
      {money ? figureText("money", text) : grouped(trimmed(text))}
    </td>
  );
}
