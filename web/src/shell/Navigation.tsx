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
import { Badge, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";
import { waitingQuery } from "@/flow/flows";
import { PlaceList } from "./PlaceList";
import { type Part, partOf } from "./places";

export const PARTS: { part: Part; address: string; icon: React.ReactNode }[] = [
  { part: "home", address: "/", icon: <HomeOutlined aria-hidden="true" /> },
  { part: "tables", address: "/activity", icon: <AppstoreOutlined aria-hidden="true" /> },
  { part: "dashboards", address: "/dashboards", icon: <BarChartOutlined aria-hidden="true" /> },
  { part: "flows", address: "/flows", icon: <NodeIndexOutlined aria-hidden="true" /> },
];

const FOLDED = "onebook.navigation.folded";

export function Navigation() {
  const { t } = useTranslation("shell");
  const { pathname } = useLocation();
  const [part, setPart] = useState<Part>(() => partOf(pathname) ?? "home");
  const waiting = useQuery(waitingQuery).data ?? 0;
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
              aria-label={
                one.part === "flows" && waiting > 0
                  ? `${t("part.flows")} ${t("flowsWaiting", { count: waiting })}`
                  : t(`part.${one.part}`)
              }
              aria-current={one.part === part ? "true" : undefined}
              onClick={() => setPart(one.part)}
            >
              {one.part === "flows" ? (
                <Badge count={waiting} size="small" offset={[4, -2]} aria-hidden="true">
                  {one.icon}
                </Badge>
              ) : (
                one.icon
              )}
            </Link>
          </Tooltip>
        ))}
        <span className="rail-space" />
        <Tooltip title={t(isFolded ? "unfold" : "fold")} placement="right">
          <button type="button" className="rail-part" aria-label={t(isFolded ? "unfold" : "fold")} onClick={fold}>
            {isFolded ? <MenuUnfoldOutlined aria-hidden="true" /> : <MenuFoldOutlined aria-hidden="true" />}
          </button>
        </Tooltip>
      </div>
      {!isFolded && (
        <div className="places">
          <h2>{t(`part.${part}`)}</h2>
          <PlaceList part={part} />
        </div>
      )}
    </nav>
  );
}
