/** What is new for me: a bell with a number, and behind it the notices themselves. */
import { BellOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Badge, Button, Empty, Popover } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import { keys, notificationsQuery } from "@/api/queries";
import type { Notification } from "@/api/types";
import { instantText } from "@/look/figures";

export function Bell() {
  const { t } = useTranslation("shell");
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
      <Badge count={unread} size="small" offset={[-6, 6]}>
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
  if (items.length === 0) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("noNotices")} />;
  return (
    <div className="notices">
      <div className="notices-head">
        <strong>{t("noticesTitle")}</strong>
        {unread > 0 && (
          <Button type="link" size="small" onClick={() => read.mutate({ all: true })}>
            {t("readAll")}
          </Button>
        )}
      </div>
      <ul>
        {items.map((one) => (
          <li key={one.id}>
            <button
              type="button"
              className={one.read ? "notice" : "notice unread"}
              onClick={() => {
                read.mutate({ ids: [one.id] });
                onLeave();
                if (one.form && one.record) void navigate(`/${one.form}/${one.record}`);
              }}
            >
              <span>
                {one.by?.title} · {one.title}
              </span>
              <span className="notice-text">{one.text}</span>
              <time className="soft">{instantText(one.at)}</time>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
