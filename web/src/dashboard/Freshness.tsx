/** Of which moment the figures in sight are, and a way to read them anew. */
import { ReloadOutlined } from "@ant-design/icons";
import { useIsFetching, useQueryClient } from "@tanstack/react-query";
import { Button, Tooltip } from "antd";
import { useCallback, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { dashboardKeys } from "@/api/dashboards";

/** The oldest of the tiles in sight, as an instant; 0 before the first is there. */
function useReadAt(base: string): number {
  const queries = useQueryClient();
  const listen = useCallback((changed: () => void) => queries.getQueryCache().subscribe(changed), [queries]);
  return useSyncExternalStore(listen, () => {
    const read = queries
      .getQueryCache()
      .findAll({ queryKey: dashboardKeys.tiles(base), type: "active" })
      .map((query) => query.state.dataUpdatedAt)
      .filter((at) => at > 0);
    return read.length > 0 ? Math.min(...read) : 0;
  });
}

export function Freshness({ base }: { base: string }) {
  const { t, i18n } = useTranslation("dashboard");
  const queries = useQueryClient();
  const readAt = useReadAt(base);
  const isReading = useIsFetching({ queryKey: dashboardKeys.tiles(base) }) > 0;
  const time = readAt
    ? new Date(readAt).toLocaleTimeString(i18n.language, { hour: "2-digit", minute: "2-digit", hour12: false })
    : "";
  const again = () => void queries.invalidateQueries({ queryKey: dashboardKeys.tiles(base) });
  return (
    <span className="freshness">
      {time && <span className="soft figure">{t("readAt", { time })}</span>}
      <Tooltip title={t("common:refresh")}>
        <Button
          type="text"
          icon={<ReloadOutlined aria-hidden="true" spin={isReading} />}
          aria-label={t("common:refresh")}
          onClick={again}
        />
      </Tooltip>
    </span>
  );
}
