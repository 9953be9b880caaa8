/** What is new for me: a bell with a number, and behind it the notices themselves. */
import {
  AuditOutlined,
  BarChartOutlined,
  BellOutlined,
  CheckCircleOutlined,
  ClockCircleOutlined,
  CloseCircleOutlined,
  CommentOutlined,
  RollbackOutlined,
  SendOutlined,
  SettingOutlined,
  ThunderboltOutlined,
  WarningOutlined,
} from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Badge, Button, Empty, Popover } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import { keys, notificationsQuery } from "@/api/queries";
import type { Notification } from "@/api/types";
import { instantText } from "@/look/figures";
import { useNarrow } from "@/look/useNarrow";
import { addressOf, headOf } from "./notices";

export function Bell() {
  const { t } = useTranslation("shell");
  const narrow = useNarrow();
  const [isOpen, setOpen] = useState(false);
  const { data } = useQuery(notificationsQuery);
  const unread = data?.unread ?? 0;
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      open={isOpen}
      onOpenChange={setOpen}
      content={<Notices items={data?.items ?? []} unread={unread} onLeave={() => setOpen(false)} />}
    >
      <Badge count={unread} size="small" offset={narrow ? [-14, 12] : [-6, 6]}>
        <Button type="text" icon={<BellOutlined aria-hidden="true" />} aria-label={t("notices", { count: unread })} />
      </Badge>
    </Popover>
  );
}

function Notices({ items, unread, onLeave }: { items: Notification[]; unread: number; onLeave: () => void }) {
  const { t } = useTranslation("shell");
  const navigate = useNavigate();
  const queries = useQueryClient();
  const read = useMutation({
    mutationFn: (which: { ids?: number[]; all?: true }) => api.post("notifications/read", which),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.notifications }),
  });
  return (
    <div className="notices">
      <div className="notices-head">
        <strong>{t("noticesTitle")}</strong>
        <span className="notices-acts">
          {unread > 0 && (
            <Button type="link" size="small" onClick={() => read.mutate({ all: true })}>
              {t("readAll")}
            </Button>
          )}
          <Button
            type="text"
            size="small"
            icon={<SettingOutlined aria-hidden="true" />}
            aria-label={t("preferences")}
            onClick={() => {
              onLeave();
              void navigate("/preferences");
            }}
          />
        </span>
      </div>
      {items.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("noNotices")} />}
      <ul>
        {items.map((one) => {
          const to = addressOf(one);
          return (
            <li key={one.id}>
              <button
                type="button"
                className={one.read ? "notice" : "notice unread"}
                onClick={() => {
                  read.mutate({ ids: [one.id] });
                  if (!to) return;
                  onLeave();
                  void navigate(to);
                }}
              >
                <span className="notice-head">
                  <span className="notice-sign">{SIGNS[one.kind] ?? <BellOutlined aria-hidden="true" />}</span>
                  <span className="notice-title">{headOf(one)}</span>
                  {one.urgent && <span className="notice-urgent">{t("urgent")}</span>}
                </span>
                {one.text && <span className="notice-text">{one.text}</span>}
                <time className="soft">{instantText(one.at)}</time>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** What kind of notice it is, to be told apart at a glance. */
const SIGNS: Record<string, ReactNode> = {
  mention: <CommentOutlined aria-hidden="true" />,
  task: <AuditOutlined aria-hidden="true" />,
  reminder: <ClockCircleOutlined aria-hidden="true" />,
  granted: <CheckCircleOutlined aria-hidden="true" className="is-good" />,
  refused: <CloseCircleOutlined aria-hidden="true" className="is-bad" />,
  returned: <RollbackOutlined aria-hidden="true" className="is-warn" />,
  cc: <SendOutlined aria-hidden="true" />,
  rule: <ThunderboltOutlined aria-hidden="true" />,
  alarm: <WarningOutlined aria-hidden="true" className="is-bad" />,
  report: <BarChartOutlined aria-hidden="true" />,
};
