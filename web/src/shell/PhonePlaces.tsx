/** All places in a sheet over a phone's page. */
import { Drawer } from "antd";
import { useTranslation } from "react-i18next";
import { PlaceList } from "./PlaceList";

export default function PhonePlaces({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation("shell");
  return (
    <Drawer open={isOpen} onClose={onClose} placement="bottom" size="82%" title={t("navigation")}>
      <nav aria-label={t("navigation")}>
        <PlaceList part="home" />
      </nav>
    </Drawer>
  );
}
