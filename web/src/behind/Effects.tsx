/** What a step will do to balances, promises and documents, and every reason against it at once. */
import { ArrowRightOutlined } from "@ant-design/icons";
import { Alert, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { grouped, trimmed } from "@/look/figures";
import {
  type Balance,
  differs,
  gathered,
  type Hold,
  isNot0,
  moves,
  type Preview,
  placeKey,
  places,
  type Refused,
  sameMove,
} from "./preview";
import "./behind.css";
import "./effects.css";

/** A figure of the book is opened to its entries. */
type OnFigure = (account: string, at: Record<string, number>) => void;

export function Refusals({ refusals }: { refusals: Refused[] }) {
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

export function Effects({ seen, onFigure }: { seen: Preview; onFigure: OnFigure }) {
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

function BalanceRow({ balance, onFigure }: { balance: Balance; onFigure: OnFigure }) {
  const { t } = useTranslation("record");
  const at = Object.fromEntries(Object.entries(balance.places).map(([name, one]) => [name, one.id]));
  const shown = (["quantity", "amount", "available", "projected", "waiting"] as const).filter(
    (name) => differs(balance[name]) && !(name === "projected" && sameMove(balance.projected, balance.available)),
  );
  return (
    <li>
      <button type="button" className="asks" onClick={() => onFigure(balance.account, at)}>
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
