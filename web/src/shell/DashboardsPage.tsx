/** All reports that I may read, by group. */
import { useQuery } from "@tanstack/react-query";
import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { menusQuery } from "@/api/queries";
import { addressOf } from "./places";
import "./home.css";

export default function DashboardsPage() {
  const { t } = useTranslation("shell");
  const menus = useQuery(menusQuery);
  const groups = (menus.data ?? [])
    .map((group) => ({ ...group, items: group.items.filter((item) => item.report) }))
    .filter((group) => group.items.length > 0);
  return (
    <div className="home">
      <h1>{t("part.dashboards")}</h1>
      {menus.isPending && <Skeleton active />}
      {groups.map((group) => (
        <section key={group.menu}>
          <h2>{group.label}</h2>
          <ul className="cards">
            {group.items.map((item) => (
              <li key={item.report}>
                <Link to={addressOf(item)} className="card">
                  <span className="card-title">{item.label}</span>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
