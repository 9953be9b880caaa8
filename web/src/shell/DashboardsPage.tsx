/** All dashboards and reports that I may read: dashboards first, reports by group. */
import { BarChartOutlined, DashboardOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Skeleton } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { menusQuery } from "@/api/queries";
import type { MenuItem } from "@/api/types";
import { ProblemNote } from "@/look/ProblemNote";
import { addressOf } from "./places";
import "./home.css";

export default function DashboardsPage() {
  const { t } = useTranslation("shell");
  const menus = useQuery(menusQuery);
  const boards = (menus.data ?? []).flatMap((group) => group.items.filter((item) => item.dashboard));
  const groups = (menus.data ?? [])
    .map((group) => ({ ...group, items: group.items.filter((item) => item.report) }))
    .filter((group) => group.items.length > 0);
  return (
    <div className="home">
      <h1>{t("part.dashboards")}</h1>
      {menus.isPending && <Skeleton active />}
      <ProblemNote error={menus.error} onRetry={() => void menus.refetch()} />
      {boards.length > 0 && <Cards items={boards} icon={<DashboardOutlined aria-hidden="true" />} />}
      {groups.map((group) => (
        <section key={group.menu}>
          <h2>{group.label}</h2>
          <Cards items={group.items} icon={<BarChartOutlined aria-hidden="true" />} />
        </section>
      ))}
    </div>
  );
}

export function Cards({ items, icon }: { items: readonly MenuItem[]; icon: ReactNode }) {
  return (
    <ul className="cards places-cards">
      {items.map((item) => (
        <li key={addressOf(item)}>
          <Link to={addressOf(item)} className="card place-card">
            {icon}
            <span className="card-title">{item.label}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
