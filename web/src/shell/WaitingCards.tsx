/** What stands where I may take it further: one card for each form and state, leading to exactly these records. */
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Waiting } from "@/api/types";

/** The list that a card counts. */
export function listOf(waiting: { form: string; state: string }): string {
  const where = JSON.stringify([{ field: "state", op: "eq", value: waiting.state }]);
  return `/${waiting.form}?${new URLSearchParams({ where })}`;
}

export function WaitingCards({ waiting }: { waiting: Waiting[] }) {
  const { t } = useTranslation("shell");
  if (waiting.length === 0) return <p className="soft">{t("nothingWaits")}</p>;
  return (
    <ul className="cards">
      {waiting.map((one) => (
        <li key={`${one.form} ${one.state}`}>
          <Link to={listOf(one)} className="card">
            <span className="card-figure figure">{one.more ? `${one.count}+` : one.count}</span>
            <span className="card-title">{one.label}</span>
            <span className="soft">
              {one.state_label} → {one.transitions.map((step) => step.label).join(" / ")}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
