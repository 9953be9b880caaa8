/** The foot of a phone's page: the parts by thumb, and everything else in a sheet. */
import { HomeOutlined, MenuOutlined, NodeIndexOutlined, ScanOutlined, SearchOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Badge } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { NavLink } from "react-router";
import { waitingQuery } from "@/flow/flows";

const PhonePlaces = lazy(() => import("./PhonePlaces"));

interface Props {
  shows: boolean;
  onShow: (shows: boolean) => void;
  onSeek: () => void;
}

export function PhoneBar({ shows, onShow, onSeek }: Props) {
  const { t } = useTranslation("shell");
  const waiting = useQuery(waitingQuery).data ?? 0;
  // Once there, it stays: it goes away the way it came.
  const [wasShown, setWasShown] = useState(shows);
  if (shows && !wasShown) setWasShown(true);
  return (
    <>
      <nav className="phone-bar" aria-label={t("navigation")}>
        <NavLink to="/" end>
          <HomeOutlined aria-hidden="true" />
          {t("part.home")}
        </NavLink>
        <NavLink to="/flows">
          <Badge count={waiting} size="small" aria-hidden="true">
            <NodeIndexOutlined className="phone-sign" />
          </Badge>
          {t("part.flows")}
          {waiting > 0 && <span className="unseen">{t("flowsWaiting", { count: waiting })}</span>}
        </NavLink>
        <NavLink to="/scan">
          <ScanOutlined aria-hidden="true" />
          {t("scan")}
        </NavLink>
        <button type="button" onClick={onSeek}>
          <SearchOutlined aria-hidden="true" />
          {t("common:search")}
        </button>
        <button type="button" onClick={() => onShow(true)}>
          <MenuOutlined aria-hidden="true" />
          {t("common:more")}
        </button>
      </nav>
      {wasShown && (
        <Suspense>
          <PhonePlaces isOpen={shows} onClose={() => onShow(false)} />
        </Suspense>
      )}
    </>
  );
}
