/** Ways to something, and how much of it waits. */
import {
  BarChartOutlined,
  CheckOutlined,
  DashboardOutlined,
  PlusOutlined,
  RightOutlined,
  UnorderedListOutlined,
} from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Item, Target } from "@/api/dashboards";
import { figure } from "@/look/figures";
import { short } from "@/look/short";
import { addressOf } from "./address";
import "./items.css";

function Mark({ to }: { to: Target }) {
  if (to.new) return <PlusOutlined aria-hidden="true" />;
  if (to.report) return <BarChartOutlined aria-hidden="true" />;
  if (to.dashboard) return <DashboardOutlined aria-hidden="true" />;
  return <UnorderedListOutlined aria-hidden="true" />;
}

export function Shortcuts({ items }: { items: readonly Item[] }) {
  return (
    <ul className="shortcuts">
      {items.map((one) => (
        <li key={`${one.label} ${addressOf(one.to)}`}>
          <Link to={addressOf(one.to)} className={one.to.new ? "shortcut begins" : "shortcut"}>
            <Mark to={one.to} />
            {one.label}
          </Link>
        </li>
      ))}
    </ul>
  );
}

export function ToDos({ items }: { items: readonly Item[] }) {
  const { t, i18n } = useTranslation("dashboard");
  return (
    <ul className="todos">
      {items.map((one) => {
        const count = one.count ?? 0;
        const sum = one.sum ? short("money", one.sum, i18n.language) : null;
        return (
          <li key={`${one.label} ${addressOf(one.to)}`}>
            <Link to={addressOf(one.to)} className={count > 0 ? "todo waits" : "todo"}>
              <span className="todo-label">{one.label}</span>
              {count > 0 && sum && (
                <span className="todo-sum figure" title={figure("money", one.sum ?? "")}>
                  {sum.text}
                  {sum.unit}
                </span>
              )}
              {count > 0 ? (
                <b className="todo-count figure">{one.more ? `${count}+` : count}</b>
              ) : (
                <span className="todo-done">
                  <CheckOutlined aria-hidden="true" /> {t("done")}
                </span>
              )}
              <RightOutlined aria-hidden="true" className="todo-arrow" />
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
