/** How a flow would go on as declared today, seen before it is moved there. */
import { useQuery } from "@tanstack/react-query";
import { Modal, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { keys } from "@/api/queries";
import { ProblemNote } from "@/look/ProblemNote";
import type { Flow, RouteStep } from "./flows";
import { Route } from "./Route";

interface Props {
  flow: Flow;
  isBusy: boolean;
  onMove: () => void;
  onClose: () => void;
}

export function Moving({ flow, isBusy, onMove, onClose }: Props) {
  const { t } = useTranslation("flow");
  const found = useQuery({
    queryKey: [...keys.flows, flow.id, "move"],
    queryFn: ({ signal }) => api.get<{ route: RouteStep[]; is_same: boolean }>(`flows/${flow.id}/move`, {}, signal),
    staleTime: 0,
  });
  const isSame = found.data?.is_same ?? true;
  return (
    <Modal
      open
      title={t("act.move")}
      okText={t("moveThere")}
      cancelText={t("common:cancel")}
      okButtonProps={{ disabled: isSame, loading: isBusy }}
      onOk={onMove}
      onCancel={onClose}
    >
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      {found.isPending && <Skeleton active paragraph={{ rows: 3 }} />}
      {found.data && (
        <>
          <p className="soft">{t(isSame ? "moveSame" : "moveHelp")}</p>
          <Route route={found.data.route} end={flow.transition_label} />
        </>
      )}
    </Modal>
  );
}
