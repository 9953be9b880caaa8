/** The way of a lot: from whom it came and what it was made of, where it lies, who has it and what it became. */
import { CopyOutlined, DownloadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Skeleton } from "antd";
import { Fragment, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api/client";
import type { Linked } from "@/api/types";
import { FigureCell, figureOf } from "@/behind/FigureCell";
import { asTable } from "@/lines/clipboard";
import { useMessage } from "@/look/messages";
import { ProblemNote } from "@/look/ProblemNote";
import { copied, csv, handed } from "./handing";
import "@/behind/behind.css";
import "./way.css";

/** A record by its name; without a form where it may not be read. */
interface Named {
  form: string | null;
  id: number | null;
  title: string | null;
}

interface Place {
  account: string;
  label: string;
  at: Record<string, Linked>;
}

interface Share {
  lot: number;
  party: Named | null;
  quantity: string;
}

interface Told {
  form: string;
  id: number;
  title: string | null;
  steps: {
    journal: number;
    on: string;
    form: string;
    id: number;
    label: string;
    title: string | null;
    quantity: string;
    account: Place;
    against: Place | null;
    parties: Named[];
    is_reversal: boolean;
    is_given_back: boolean;
  }[];
  withheld: { count: number; quantity: string } | null;
  has_more: boolean;
  here: { account: Place; quantity: string }[];
  came_from: Share[];
  went_to: Share[];
  made_of: Named[];
  made_into: Named[];
}

export default function Way({ form, id }: { form: string; id: number }) {
  const { t } = useTranslation("behind");
  const message = useMessage();
  const told = useQuery({
    queryKey: ["figure", "lot", form, id],
    queryFn: () => api.post<Told>("figures/lot", { form, id }),
    staleTime: 0,
    retry: false,
  });
  if (told.isPending) return <Skeleton active />;
  if (!told.data) return <ProblemNote error={told.error} onRetry={() => void told.refetch()} />;
  const way = told.data;
  const lots = new Map([...way.made_of, ...way.made_into].map((one) => [one.id, one]));
  const lotOf = (share: Share): Named => lots.get(share.lot) ?? { form, id: share.lot, title: way.title };
  const nobody = t("way.nobody");
  const name = (one: Named | null) => one?.title ?? nobody;
  const recall = () => [
    [t("way.party"), t("way.lot"), t("way.quantity")],
    ...way.went_to.map((one) => [name(one.party), name(lotOf(one)), one.quantity]),
  ];
  const everything = () => [
    [t("day"), t("document"), t("way.title"), t("way.where"), t("way.party"), t("way.quantity")],
    ...way.steps.map((one) => [
      one.on,
      one.label,
      one.title ?? "",
      [one.account.label, placeOf(one.account, way)].filter(Boolean).join(" "),
      one.parties.map(name).join("、"),
      one.quantity,
    ]),
  ];
  const share = (one: Share) => (
    <li key={`${one.lot} ${one.party?.id ?? ""}`}>
      <span>
        <To record={one.party} otherwise={nobody} />
        {one.lot !== id && (
          <>
            {" "}
            <span className="soft">{t("way.ofLot")}</span> <To record={lotOf(one)} otherwise={nobody} />
          </>
        )}
      </span>
      <b className="figure">{figureOf(one.quantity, false)}</b>
    </li>
  );
  const lot = (one: Named) => (
    <li key={one.id}>
      <To record={one} otherwise={nobody} />
    </li>
  );
  return (
    <section className="way" aria-label={t("way.label")}>
      <div className="way-head">
        <h2>{t("way.label")}</h2>
        {way.went_to.length > 0 && (
          <Button
            size="small"
            icon={<CopyOutlined aria-hidden="true" />}
            onClick={async () => {
              if (await copied(asTable(recall()))) void message.success(t("way.copied"));
              else void message.error(t("way.notCopied"));
            }}
          >
            {t("way.copy")}
          </Button>
        )}
        {way.steps.length > 0 && (
          <Button
            size="small"
            icon={<DownloadOutlined aria-hidden="true" />}
            onClick={() => handed(csv(everything()), `${way.title ?? id}.csv`)}
          >
            {t("way.download")}
          </Button>
        )}
      </div>
      <div className="way-chain">
        <Stage title={t("way.from")} empty={t("way.fromNowhere")}>
          {way.came_from.map(share)}
          {way.made_of.length > 0 && <Part title={t("way.madeOf")}>{way.made_of.map(lot)}</Part>}
        </Stage>
        <Stage title={t("way.here")} empty={t("way.nothingHere")} isHere>
          {way.here.map((one) => (
            <li key={`${one.account.account} ${placeOf(one.account, way)}`}>
              <span>
                {placeOf(one.account, way) || one.account.label}
                {placeOf(one.account, way) && <span className="soft"> {one.account.label}</span>}
              </span>
              <b className="figure">{figureOf(one.quantity, false)}</b>
            </li>
          ))}
        </Stage>
        <Stage title={t("way.to")} empty={t("way.toNobody")}>
          {way.went_to.map(share)}
          {way.made_into.length > 0 && <Part title={t("way.madeInto")}>{way.made_into.map(lot)}</Part>}
        </Stage>
      </div>
      {way.steps.length > 0 && (
        <div className="way-steps">
          <table className="entries">
            <caption>{t("steps", { count: way.steps.length })}</caption>
            <thead>
              <tr>
                <th scope="col">{t("day")}</th>
                <th scope="col">{t("document")}</th>
                <th scope="col">{t("way.where")}</th>
                <th scope="col">{t("way.party")}</th>
                <th scope="col" className="figure">
                  {t("way.quantity")}
                </th>
              </tr>
            </thead>
            <tbody>
              {way.steps.map((one, place) => (
                <tr key={`${one.journal} ${String(place)}`}>
                  <td>{one.on}</td>
                  <td>
                    <span className="soft">{one.label}</span> <To record={one} otherwise={`#${one.id}`} />
                    {one.is_reversal && <span className="soft"> {t("reversal")}</span>}
                    {one.is_given_back && <span className="soft"> {t("way.back")}</span>}
                  </td>
                  <td>{placeOf(one.account, way) || one.account.label}</td>
                  <td>
                    {one.parties.map((party, at) => (
                      <Fragment key={`${party.id ?? ""} ${String(at)}`}>
                        {at > 0 && "、"}
                        <To record={party} otherwise={nobody} />
                      </Fragment>
                    ))}
                  </td>
                  <FigureCell figure={one.quantity} />
                </tr>
              ))}
              {way.withheld && (
                <tr className="soft">
                  <td />
                  <td colSpan={3}>{t("withheld", { count: way.withheld.count })}</td>
                  <FigureCell figure={way.withheld.quantity} />
                </tr>
              )}
            </tbody>
          </table>
          {way.has_more && <p className="soft">{t("way.hasMore")}</p>}
        </div>
      )}
    </section>
  );
}

/** Where something lies: what the account is of besides the goods, which are the same on the whole way. */
function placeOf(account: Place, way: Told): string {
  const items = new Set(way.steps.map((one) => one.account.at.item?.id));
  return Object.entries(account.at)
    .filter(([name]) => name !== "item" || items.size > 1)
    .map(([, one]) => one.title ?? `#${one.id}`)
    .join(" · ");
}

function To({ record, otherwise }: { record: Named | null; otherwise: string }) {
  if (!record?.form || record.id === null) return <span className="soft">{record?.title ?? otherwise}</span>;
  return <Link to={`/${record.form}/${record.id}`}>{record.title ?? `#${record.id}`}</Link>;
}

interface StageProps {
  title: string;
  empty: string;
  isHere?: boolean;
  children: ReactNode[];
}

function Stage({ title, empty, isHere = false, children }: StageProps) {
  const isEmpty = children.flat().filter(Boolean).length === 0;
  return (
    <div className={isHere ? "way-stage is-here" : "way-stage"}>
      <h3>{title}</h3>
      {isEmpty ? <p className="soft">{empty}</p> : <ul>{children}</ul>}
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <li className="way-part">
      <span className="soft">{title}</span>
      <ul>{children}</ul>
    </li>
  );
}
