/** A report for others: on paper, as a file, by a link for some days, by mail at its times; as it is looked at. */
import { DownloadOutlined, MoreOutlined, PrinterOutlined } from "@ant-design/icons";
import { useMutation } from "@tanstack/react-query";
import { Button, Dropdown, Tooltip } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, keep } from "@/api/client";
import type { Draw } from "@/api/dashboards";
import { print as printFile } from "@/api/print";
import type { ReportDescription } from "@/api/types";
import { useMessage } from "@/look/messages";
import { useShortcut, useWritten } from "@/look/shortcuts";
import { type Asked, lookIn, parametersIn, questionOf } from "./parameters";

const ShareDialog = lazy(() => import("@/handing/ShareDialog"));
const SubscribeDialog = lazy(() => import("@/handing/SubscribeDialog"));
const FILES = { xlsx: "Excel", csv: "CSV", pdf: "PDF" };

interface Props {
  described: ReportDescription;
  asked: Asked;
  draw: Draw;
  /** Everything that must be chosen is, so that there is something to take. */
  isAnswered: boolean;
}

export function TakeOut({ described, asked, draw, isAnswered }: Props) {
  const { t } = useTranslation("report");
  const message = useMessage();
  const [dialog, setDialog] = useState<"share" | "subscribe" | null>(null);
  const { limit: _limit, offset: _offset, ...question } = questionOf(asked);
  const take = async (format: string) => {
    try {
      keep(await api.file("GET", `reports/${described.report}/export`, { query: { ...question, format } }));
    } catch (error) {
      void message.error(error instanceof Error && error.message ? error.message : t("common:somethingWrong"));
    }
  };
  const prints = described.prints ?? [];
  const [first] = prints;
  const written = useWritten();
  const own = { ...parametersIn(asked), sort: asked.sort };
  const print = useMutation({
    mutationFn: (name: string) => printFile(`reports/${described.report}/print/${name}`, own),
    onError: (error) => void message.error(error.message || t("common:somethingWrong")),
  });
  useShortcut({ keys: "$mod+P", label: t("common:print"), disabled: !first || !isAnswered }, () =>
    print.mutate(first?.name ?? ""),
  );
  const handed = {
    of: { report: described.report, look: lookIn(asked, draw) },
    label: described.label,
    asked: parametersIn(asked),
    onClose: () => setDialog(null),
  };
  return (
    <>
      {prints.map((one) => (
        <Tooltip key={one.name} title={one === first ? `${t("common:print")} ${written("$mod+P")}` : t("common:print")}>
          <Button
            icon={<PrinterOutlined aria-hidden="true" />}
            disabled={!isAnswered}
            loading={print.isPending && print.variables === one.name}
            onClick={() => print.mutate(one.name)}
          >
            {one.label}
          </Button>
        </Tooltip>
      ))}
      <Dropdown
        menu={{
          items: Object.entries(FILES).map(([key, label]) => ({ key, label })),
          onClick: ({ key }) => void take(key),
        }}
      >
        <Button icon={<DownloadOutlined aria-hidden="true" />} disabled={!isAnswered}>
          {t("common:export")}
        </Button>
      </Dropdown>
      <Dropdown
        trigger={["click"]}
        placement="bottomRight"
        menu={{
          items: [
            { key: "share", label: t("dashboard:share") },
            { key: "subscribe", label: t("dashboard:subscribe") },
          ],
          onClick: ({ key }) => setDialog(key as "share" | "subscribe"),
        }}
      >
        <Button icon={<MoreOutlined aria-hidden="true" />} aria-label={t("common:more")} disabled={!isAnswered} />
      </Dropdown>
      {dialog === "share" && (
        <Suspense>
          <ShareDialog {...handed} />
        </Suspense>
      )}
      {dialog === "subscribe" && (
        <Suspense>
          <SubscribeDialog {...handed} />
        </Suspense>
      )}
    </>
  );
}
