/** How many rows are not shown, and the way to more of them. */
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { grouped } from "@/look/figures";

interface Props {
  left: number;
  /** Not given where no more can be shown. */
  onMore?: (() => void) | undefined;
}

export function More({ left, onMore }: Props) {
  const { t } = useTranslation("behind");
  if (left <= 0) return null;
  return (
    <p className="soft">
      {t("more", { count: left, shown: grouped(String(left)) })}
      {onMore && (
        <Button type="link" size="small" onClick={onMore}>
          {t("showMore")}
        </Button>
      )}
    </p>
  );
}
