/** Before a step is taken: what it will do to balances, promises and documents, and every reason against it at once. */
import { ArrowRightOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Checkbox, Drawer, Skeleton, Tag } from "antd";
import Decimal from "decimal.js";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { grouped, trimmed } from "@/look/figures";
import "@/behind/behind.css";
import { ProblemNote } from "@/look/ProblemNote";
import { useShortcut } from "@/look/shortcuts";
import { useNarrow } from "@/look/useNarrow";
import {
  type Balance,
  type Command,
  type Entry,
  explainedQuery,
  type Hold,
  type Preview,
  preview,
  type Refused,
} from "./commands";

interface Props {
  /** What is to be done, and what it is called. */
  command: Command;
  label: string;
  form: string;
  /** Its transition, for the words of what it does. */
  transition?: string;
  isIrreversible?: string | null;
  isBusy: boolean;
  error: unknown;
  onConfirm: (command: Command) => void;
  onClose: () => void;
  /** Somebody else changed what is to be saved with the step. */
  onStale: (causes: Refused["problems"]) => void;
  /** A figure of the book is opened to its entries. */
  onFigure: (account: string, at: Record<string, number>) => void;
}

export function StepPanel(props: Props) {
  const { label, form, transition, isBusy, error, onConfirm, onClose } = props;
  const { t } = useTranslation("record");
  const narrow = useNarrow();
  const [withFollowers, setWithFollowers] = useState(false);
  const command: Command =
    props.command.do === "reverse" ? { ...props.command, followers: withFollowers } : props.command;
  const seen = useQuery({
    queryKey: ["preview", command],
    queryFn: ({ signal }) => preview(command, signal),
    gcTime: 0,
    staleTime: 0,
    retry: false,
  });
  const words = useQuery({ ...explainedQuery(form, transition ?? ""), enabled: transition !== undefined });
  const isPossible = seen.data?.is_possible ?? false;
  const stale = seen.data?.refusals.find((one) => one.code === "form.stale");
  const meet = useRef(props.onStale);
  meet.current = props.onStale;
  useEffect(() => {
    if (stale) meet.current(stale.problems);
  }, [stale]);
  const followers = seen.data?.refusals.filter((one) => one.code === "process.has_followers") ?? [];
  const confirm = () => {
    if (isPossible && !isBusy) onConfirm(command);
  };
  // The same keys that asked for the step confirm it, wherever the focus is; so does Enter, once it is known to be possible.
  useShortcut({ keys: "$mod+Enter", label: t("doIt", { label }) }, confirm);
  // A step that cannot be confirmed has nothing to put the focus on: Escape leaves from anywhere.
  useShortcut({ keys: "Escape", label: t("common:cancel"), whileTyping: true }, onClose);
  const sure = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isPossible) sure.current?.focus();
  }, [isPossible]);
  return (
    <Drawer
      open
      onClose={onClose}
      title={label}
      placement={narrow ? "bottom" : "right"}
      size={narrow ? "85%" : 560}
      className="step-panel"
      footer={
        <div className="step-foot">
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button type="primary" disabled={!isPossible} loading={isBusy} onClick={confirm} ref={sure}>
            {t("doIt", { label })}
          </Button>
        </div>
      }
    >
      <ProblemNote error={error ?? seen.error} onRetry={seen.isError ? () => void seen.refetch() : undefined} />
      {seen.isPending && <Skeleton active paragraph={{ rows: 5 }} />}
      {seen.data && (
        <>
          {props.isIrreversible && <Alert type="warning" showIcon title={props.isIrreversible} />}
          {seen.data.refusals.length > 0 && <Refusals refusals={seen.data.refusals} />}
          {(followers.length > 0 || withFollowers) && (
            <Checkbox checked={withFollowers} onChange={(event) => setWithFollowers(event.target.checked)}>
              {t("withFollowers")}
            </Checkbox>
          )}
          {isPossible && <Effects seen={seen.data} onFigure={props.onFigure} />}
        </>
      )}
      {words.data && (
        <details className="step-words">
          <summary>{t("whatItDoes")}</summary>
          <ul>
            {words.data.sentences.map((one) => (
              <li key={one.words}>{one.words}</li>
            ))}
          </ul>
        </details>
      )}
    </Drawer>
  );
}

function Refusals({ refusals }: { refusals: Refused[] }) {
  const { t } = useTranslation("record");
  return (
    <Alert
      type="error"
      showIcon
      title={t("notPossible")}
      description={
        <ul className="causes">
          {refusals.map((refusal) => (
            <li key={`${refusal.code} ${refusal.detail}`}>
              {refusal.detail}
              {refusal.problems.length > 0 && (
                <ul>
                  {refusal.problems.map((one) => (
                    <li key={`${one.code} ${one.field} ${one.row} ${one.text}`}>
                      {one.row === null ? "" : `${t("common:rowNumber", { row: one.row })} `}
                      {one.text}
                    </li>
                  ))}
                </ul>
              )}
            </li>
          ))}
        </ul>
      }
    />
  );
}

function Effects({ seen, onFigure }: { seen: Preview; onFigure: Props["onFigure"] }) {
  const { t } = useTranslation("record");
  const balances = seen.balances.filter(moves);
  const holds = seen.holds.filter((one) => one.is_new || isNot0(one.open) || isNot0(one.waiting));
  const entries = gathered(seen.entries);
  // Who may not see what things cost has no column of amounts.
  const counts = entries.some((one) => isNot0(one.quantity));
  const values = entries.some((one) => isNot0(one.amount));
  const undone = seen.outcome?.undone ?? [];
  const isNothing = balances.length + holds.length + entries.length + undone.length + seen.created.length === 0;
  return (
    <div className="effects">
      {isNothing && <p className="soft">{t("onlyState")}</p>}
      {undone.length > 1 && <p>{t("undoesSteps", { count: undone.length })}</p>}
      {seen.created.length > 0 && (
        <section>
          <h3>{t("creates")}</h3>
          <p>
            {seen.created.map((one, place) => (
              <Tag key={`${one.form} ${String(place)}`}>{one.label}</Tag>
            ))}
          </p>
        </section>
      )}
      {balances.length > 0 && (
        <section>
          <h3>{t("balances")}</h3>
          <ul className="effect-rows">
            {balances.map((one) => (
              <BalanceRow key={placeKey(one)} balance={one} onFigure={onFigure} />
            ))}
          </ul>
        </section>
      )}
      {holds.length > 0 && (
        <section>
          <h3>{t("holds")}</h3>
          <ul className="effect-rows">
            {holds.map((one, place) => (
              <HoldRow key={`${placeKey(one)} ${one.name} ${String(place)}`} hold={one} />
            ))}
          </ul>
        </section>
      )}
      {entries.length > 0 && (
        <section>
          <h3>{t("entries")}</h3>
          <table className="entries">
            <thead>
              <tr>
                <th scope="col">{t("account")}</th>
                {counts && (
                  <th scope="col" className="figure">
                    {t("quantity")}
                  </th>
                )}
                {values && (
                  <th scope="col" className="figure">
                    {t("amount")}
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {entries.map((one) => (
                <tr key={placeKey(one)}>
                  <td>
                    {one.label} <Places of={one} />
                  </td>
                  {counts && <Moved figure={one.quantity} plain />}
                  {values && <Moved figure={one.amount} />}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </div>
  );
}

function BalanceRow({ balance, onFigure }: { balance: Balance; onFigure: Props["onFigure"] }) {
  const { t } = useTranslation("record");
  const at = Object.fromEntries(Object.entries(balance.places).map(([name, one]) => [name, one.id]));
  const shown = (["quantity", "amount", "available", "projected", "waiting"] as const).filter(
    (name) => differs(balance[name]) && !(name === "projected" && sameMove(balance.projected, balance.available)),
  );
  return (
    <li>
      <button type="button" className="effect-place" onClick={() => onFigure(balance.account, at)}>
        {balance.label} <Places of={balance} />
      </button>
      <dl>
        {shown.map((name) => (
          <div key={name}>
            <dt>{t(`measure.${name}`)}</dt>
            <dd>
              <Figure text={balance[name][0]} /> <ArrowRightOutlined aria-label={t("becomes")} />{" "}
              <strong>
                <Figure text={balance[name][1]} />
              </strong>
            </dd>
          </div>
        ))}
      </dl>
    </li>
  );
}

function HoldRow({ hold }: { hold: Hold }) {
  const { t } = useTranslation("record");
  return (
    <li>
      <span>
        {t(hold.takes ? "reserves" : "expects")} {hold.label} <Places of={hold} />
      </span>
      <dl>
        <div>
          <dt>{t("measure.open")}</dt>
          <dd>
            <strong>
              <Figure text={hold.open} />
            </strong>
          </dd>
        </div>
        {isNot0(hold.waiting) && (
          <div className="waits">
            <dt>{t("measure.waiting")}</dt>
            <dd>
              <Figure text={hold.waiting} />
            </dd>
          </div>
        )}
        {hold.due && (
          <div>
            <dt>{t("due")}</dt>
            <dd>{hold.due}</dd>
          </div>
        )}
      </dl>
    </li>
  );
}

function Places({ of }: { of: { places: Balance["places"] } }) {
  const names = Object.values(of.places).map((one) => one.title ?? `#${one.id}`);
  return <span className="soft">{names.join(" · ")}</span>;
}

function Figure({ text }: { text: string | null }) {
  if (text === null) return <span className="blank">–</span>;
  return <span className={text.startsWith("-") ? "figure negative" : "figure"}>{plain(text)}</span>;
}

/** Amounts have two places and keep them; quantities have more, most of which say nothing. */
function plain(figure: string): string {
  return grouped(places(figure) === 2 ? figure : trimmed(figure));
}

function Moved({ figure, plain = false }: { figure: string; plain?: boolean }) {
  if (!isNot0(figure)) return <td className="figure" />;
  const text = grouped(plain ? trimmed(figure) : figure);
  return (
    <td className={figure.startsWith("-") ? "figure negative" : "figure"}>
      {figure.startsWith("-") ? text : `+${text}`}
    </td>
  );
}

const isNot0 = (figure: string | null) => figure !== null && /[1-9]/.test(figure);
/** Amounts that somebody may not see are not there at all. */
const differs = (pair: Balance["amount"] | null): pair is Balance["amount"] => pair !== null && pair[0] !== pair[1];
const moves = (one: Balance) =>
  [one.quantity, one.amount, one.available, one.projected, one.waiting].some((pair) => differs(pair));
const sameMove = (one: Balance["amount"] | null, other: Balance["amount"] | null) =>
  one?.[0] === other?.[0] && one?.[1] === other?.[1];
const placeKey = (one: { account: string; places: Balance["places"] }) =>
  `${one.account} ${Object.entries(one.places)
    .map(([name, linked]) => `${name}=${linked.id}`)
    .join(" ")}`;

/** Entries of the same account are told as one; their sums are exact. */
export function gathered(entries: readonly Entry[]): Entry[] {
  const found = new Map<string, Entry>();
  for (const one of entries) {
    const known = found.get(placeKey(one));
    found.set(placeKey(one), known ? summed(known, one) : one);
  }
  return [...found.values()].filter((one) => isNot0(one.quantity) || isNot0(one.amount));
}

function summed(one: Entry, other: Entry): Entry {
  return {
    ...one,
    quantity: plus(one.quantity, other.quantity),
    amount: plus(one.amount, other.amount),
  };
}

function plus(one: string, other: string): string {
  if (one === null || other === null) return one ?? other;
  const sum = new Decimal(one).plus(other);
  return sum.toFixed(Math.max(places(one), places(other)));
}

const places = (figure: string) => figure.split(".")[1]?.length ?? 0;
