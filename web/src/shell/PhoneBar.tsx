/** The foot of a phone's page: the parts by thumb, and everything else in a sheet. */
import { HomeOutlined, MenuOutlined, NodeIndexOutlined, ScanOutlined, SearchOutlined } from "@ant-design/icons";
import { Drawer } from "antd";
import { useTranslation } from "react-i18next";
import { NavLink } from "react-router";
import { Places } from "./Navigation";

interface Props {
  shows: boolean;
  onShow: (shows: boolean) => void;
  onSeek: () => void;
}

export function PhoneBar({ shows, onShow, onSeek }: Props) {
  const { t } = useTranslation("shell");
  return (
    <>
      <nav className="phone-bar" aria-label={t("navigation")}>
        <NavLink to="/" end>
          <HomeOutlined />
          {t("part.home")}
        </NavLink>
        <NavLink to="/flows">
          <NodeIndexOutlined />
          {t("part.flows")}
        </NavLink>
        <NavLink to="/scan">
          <ScanOutlined />
          {t("scan")}
        </NavLink>
        <button type="button" onClick={onSeek}>
          <SearchOutlined />
          {t("common:search")}
        </button>
        <button type="button" onClick={() => onShow(true)}>
          <MenuOutlined />
          {t("common:more")}
        </button>
      </nav>
      <Drawer open={shows} onClose={() => onShow(false)} placement="bottom" size="82%" title={t("navigation")}>
        <Places part="home" />
      </Drawer>
    </>
  );
}
