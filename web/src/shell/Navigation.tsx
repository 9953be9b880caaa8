/** The left side: the four parts of the house, and the groups of places in them. */
import {
  AppstoreOutlined,
  BarChartOutlined,
  HomeOutlined,
  MenuFoldOutlined,
  MenuUnfoldOutlined,
  NodeIndexOutlined,
} from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Menu, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";
import { menusQuery } from "@/api/queries";
import type { Menu as Group } from "@/api/types";
import { addressOf, type Part, partOf } from "./places";

export const PARTS: { part: Part; address: string; icon: React.ReactNode }[] = [
  { part: "home", address: "/", icon: <HomeOutlined /> },
  { part: "tables", address: "/activity", icon: <AppstoreOutlined /> },
  { part: "dashboards", address: "/dashboards", icon: <BarChartOutlined /> },
  { part: "flows", address: "/flows", icon: <NodeIndexOutlined /> },
];

const FOLDED = "onebook.navigation.folded";
const OPEN = "onebook.navigation.open";

export function Navigation() {
  const { t } = useTranslation("shell");
  const { pathname } = useLocation();
  const [part, setPart] = useState<Part>(() => partOf(pathname) ?? "home");
  const [isFolded, setFolded] = useState(() => localStorage.getItem(FOLDED) === "1");
  const fold = () => {
    localStorage.setItem(FOLDED, isFolded ? "0" : "1");
    setFolded(!isFolded);
  };
  return (
    <nav className="navigation" aria-label={t("navigation")}>
      <div className="rail">
        <Link to="/" className="rail-brand" aria-label={t("common:name")} onClick={() => setPart("home")}>
          <img src="/icon.svg" alt="" width={30} height={30} />
        </Link>
        {PARTS.map((one) => (
          <Tooltip key={one.part} title={t(`part.${one.part}`)} placement="right">
            <Link
              to={one.address}
              className={one.part === part ? "rail-part chosen" : "rail-part"}
              aria-label={t(`part.${one.part}`)}
              aria-current={one.part === part ? "true" : undefined}
              onClick={() => setPart(one.part)}
            >
              {one.icon}
            </Link>
          </Tooltip>
        ))}
        <span className="rail-space" />
        <Tooltip title={t(isFolded ? "unfold" : "fold")} placement="right">
          <button type="button" className="rail-part" aria-label={t(isFolded ? "unfold" : "fold")} onClick={fold}>
            {isFolded ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
          </button>
        </Tooltip>
      </div>
      {!isFolded && (
        <div className="places">
          <h2>{t(`part.${part}`)}</h2>
          <Places part={part} />
        </div>
      )}
    </nav>
  );
}

/** The groups of a part: forms in the part of tables, reports in that of dashboards, both at home. */
export function Places({ part }: { part: Part }) {
  const { data: menus = [] } = useQuery(menusQuery);
  const { pathname } = useLocation();
  const [open, setOpen] = useState<string[] | null>(() => JSON.parse(localStorage.getItem(OPEN) ?? "null"));
  const groups = menus.map((group) => narrowed(group, part)).filter((group) => group.items.length > 0);
  const here = `/${pathname
    .split("/")
    .slice(1, pathname.startsWith("/reports/") ? 3 : 2)
    .join("/")}`;
  const current = groups.find((group) => group.items.some((item) => addressOf(item) === here))?.menu;
  const shown = open ?? groups.map((group) => group.menu);
  return (
    <Menu
      mode="inline"
      inlineIndent={12}
      selectedKeys={[here]}
      openKeys={current && !shown.includes(current) ? [...shown, current] : shown}
      onOpenChange={(keys) => {
        localStorage.setItem(OPEN, JSON.stringify(keys));
        setOpen(keys);
      }}
      items={groups.map((group) => ({
        key: group.menu,
        label: group.label,
        children: group.items.map((item) => ({
          key: addressOf(item),
          label: <Link to={addressOf(item)}>{item.label}</Link>,
        })),
      }))}
    />
  );
}

function narrowed(group: Group, part: Part): Group {
  if (part === "tables") return { ...group, items: group.items.filter((item) => item.form) };
  if (part === "dashboards") return { ...group, items: group.items.filter((item) => item.report) };
  return group;
}
