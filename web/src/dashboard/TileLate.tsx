/** A tile that is on its way: nothing for a moment, then an outline of its size. */
import { useTranslation } from "react-i18next";
import { useLate } from "@/look/useLate";

export function TileLate() {
  const { t } = useTranslation();
  const isLate = useLate();
  return (
    <div className={isLate ? "tile-late is-late" : "tile-late"} role="status">
      <span className="unseen">{isLate ? t("loading") : ""}</span>
    </div>
  );
}
