/** The page of a dashboard: what it is called, its filters in one line, its tiles on their grid. */
import {
  FundProjectionScreenOutlined,
  MoreOutlined,
  QuestionCircleOutlined,
  ShareAltOutlined,
} from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Dropdown, Tooltip } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, keep } from "@/api/client";
import { dashboardQuery } from "@/api/dashboards";
import { useMessage } from "@/look/messages";
import { ProblemNote } from "@/look/ProblemNote";
import { useNarrow } from "@/look/useNarrow";
import { ParameterBar } from "@/report/ParameterBar";
import { Freshness } from "./Freshness";
import { givenIn } from "./given";
import { Tiles, TilesLate } from "./Tiles";

const ShareDialog = lazy(() => import("@/handing/ShareDialog"));
const SubscribeDialog = lazy(() => import("@/handing/SubscribeDialog"));

interface Props {
  base: string;
  name: string;
  /** Filters as they stand in the address. */
  asked: Record<string, string>;
  onChange: (change: Record<string, string | null>) => void;
}

type Dialog = "share" | "subscribe";

export function Board({ base, name, asked, onChange }: Props) {
  const { t } = useTranslation("dashboard");
  const message = useMessage();
  const isNarrow = useNarrow();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const described = useQuery(dashboardQuery(base, asked));
  const dashboard = described.data;
  const take = async (format: "xlsx" | "pdf") => {
    try {
      keep(await api.file("GET", `${base}/export`, { query: { ...asked, format } }));
    } catch (error) {
      void message.error(error instanceof Error && error.message ? error.message : t("common:somethingWrong"));
    }
  };
  const ways = [
    ...(isNarrow
      ? [
          { key: "wall", label: t("wall"), onClick: () => onChange({ wall: "1" }) },
          { key: "share", label: t("share"), onClick: () => setDialog("share") },
        ]
      : []),
    { key: "subscribe", label: t("subscribe"), onClick: () => setDialog("subscribe") },
    { type: "divider" as const },
    { key: "xlsx", label: t("exportAs", { format: "Excel" }), onClick: () => void take("xlsx") },
    { key: "pdf", label: t("exportAs", { format: "PDF" }), onClick: () => void take("pdf") },
  ];
  return (
    <div className="dashboard">
      <header className="dashboard-head">
        <h1>{dashboard?.label ?? " "}</h1>
        {dashboard?.help && (
          <Tooltip title={dashboard.help}>
            <button type="button" className="help-mark" aria-label={`${t("help")}${dashboard.help}`}>
              <QuestionCircleOutlined aria-hidden="true" />
            </button>
          </Tooltip>
        )}
        <span className="dashboard-space" />
        <Freshness base={base} />
        {!isNarrow && (
          <>
            <Button icon={<FundProjectionScreenOutlined aria-hidden="true" />} onClick={() => onChange({ wall: "1" })}>
              {t("wall")}
            </Button>
            <Button icon={<ShareAltOutlined aria-hidden="true" />} onClick={() => setDialog("share")}>
              {t("share")}
            </Button>
          </>
        )}
        <Dropdown trigger={["click"]} menu={{ items: ways }} placement="bottomRight">
          <Button icon={<MoreOutlined aria-hidden="true" />} aria-label={t("common:more")} />
        </Dropdown>
      </header>
      {dashboard && (
        <ParameterBar parameters={dashboard.parameters} given={givenIn(dashboard)} asked={asked} onChange={onChange} />
      )}
      <ProblemNote error={described.error} onRetry={() => void described.refetch()} />
      {described.isPending && <TilesLate />}
      {dashboard && dashboard.tiles.length === 0 && <p className="dashboard-empty">{t("noTiles")}</p>}
      {dashboard && <Tiles base={base} tiles={dashboard.tiles} asked={asked} />}
      {dialog === "share" && dashboard && (
        <Suspense>
          <ShareDialog of={{ dashboard: name }} label={dashboard.label} asked={asked} onClose={() => setDialog(null)} />
        </Suspense>
      )}
      {dialog === "subscribe" && dashboard && (
        <Suspense>
          <SubscribeDialog
            of={{ dashboard: name }}
            label={dashboard.label}
            asked={asked}
            onClose={() => setDialog(null)}
          />
        </Suspense>
      )}
    </div>
  );
}
