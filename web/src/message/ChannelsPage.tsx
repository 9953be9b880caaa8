/** The ways by which messages leave the company: mail, short messages, robots of groups, other systems. */
import { EditOutlined, PlusOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Dropdown, Empty, Input, Popover, Skeleton } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api/client";
import { instantText } from "@/look/figures";
import { useMessage } from "@/look/messages";
import { ProblemNote } from "@/look/ProblemNote";
import { ChannelEditor } from "./ChannelEditor";
import { type Channel, type ChannelKind, channelsQuery, freeName, messageKeys } from "./messages";
import "./message.css";

interface Editing {
  kind: ChannelKind;
  channel: Channel | null;
  name: string;
}

export default function ChannelsPage() {
  const { t } = useTranslation("message");
  const found = useQuery(channelsQuery);
  const [editing, setEditing] = useState<Editing | null>(null);
  useEffect(() => {
    document.title = t("channels");
  }, [t]);
  const { kinds = [], channels = [] } = found.data ?? {};
  const begin = (kind: ChannelKind) =>
    setEditing({
      kind,
      channel: null,
      name: freeName(
        kind.kind,
        channels.map((one) => one.name),
      ),
    });
  return (
    <div className="channels">
      <header className="channels-head">
        <div>
          <h1>{t("channels")}</h1>
          <p className="soft">{t("channelsHelp")}</p>
        </div>
        <Link to="/messages">{t("log")}</Link>
        <Dropdown
          trigger={["click"]}
          disabled={kinds.length === 0}
          menu={{ items: kinds.map((one) => ({ key: one.kind, label: one.label, onClick: () => begin(one) })) }}
        >
          <Button type="primary" icon={<PlusOutlined aria-hidden="true" />}>
            {t("newChannel")}
          </Button>
        </Dropdown>
      </header>
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      {found.isPending && <Skeleton active />}
      {found.data && channels.length === 0 && (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("noChannels")} />
      )}
      <ul className="channel-rows">
        {channels.map((one) => {
          const kind = kinds.find((some) => some.kind === one.kind);
          return (
            <li key={one.name} className={one.active ? undefined : "is-off"}>
              <div className="channel-told">
                <b>{one.label}</b>
                <span className="soft">
                  {kind?.label ?? one.kind} · <code>{one.name}</code>
                </span>
                <Standing channel={one} />
              </div>
              <div className="channel-acts">
                <Test channel={one} />
                {kind && (
                  <Button
                    icon={<EditOutlined aria-hidden="true" />}
                    onClick={() => setEditing({ kind, channel: one, name: one.name })}
                    aria-label={t("editChannel", { label: one.label })}
                  >
                    {t("common:edit")}
                  </Button>
                )}
              </div>
            </li>
          );
        })}
      </ul>
      {editing && (
        <ChannelEditor
          key={editing.name}
          {...editing}
          taken={channels.map((one) => one.name)}
          onClose={() => setEditing(null)}
        />
      )}
    </div>
  );
}

function Standing({ channel }: { channel: Channel }) {
  const { t } = useTranslation("message");
  const log = (state: string) => `/messages?${new URLSearchParams({ channel: channel.name, state })}`;
  return (
    <span className="channel-standing">
      <span className={channel.active ? "is-good" : "soft"}>{t(channel.active ? "active" : "inactive")}</span>
      {channel.sent_at && <span className="soft">{t("lastSent", { at: instantText(channel.sent_at) })}</span>}
      {channel.waiting > 0 && <Link to={log("waiting")}>{t("waitingOnes", { count: channel.waiting })}</Link>}
      {channel.dead > 0 && (
        <Link to={log("dead")} className="is-bad">
          {t("deadOnes", { count: channel.dead })}
        </Link>
      )}
      {channel.closed_until && (
        <span className="is-bad">{t("closedUntil", { at: instantText(channel.closed_until) })}</span>
      )}
      {channel.error && <span className="is-bad">{channel.error}</span>}
    </span>
  );
}

/** One message by this channel, to see whether it arrives. */
function Test({ channel }: { channel: Channel }) {
  const { t } = useTranslation("message");
  const queries = useQueryClient();
  const message = useMessage();
  const [isOpen, setOpen] = useState(false);
  const [to, setTo] = useState("");
  const needsAddress = channel.reach === "mail" || channel.reach === "phone";
  const test = useMutation({
    mutationFn: () =>
      api.post<{ sent: boolean; provider_id: string | null }>(
        `channels/${channel.name}/test`,
        needsAddress ? { to: to.trim() } : {},
      ),
    onSuccess: () => {
      setOpen(false);
      void message.success(t("testSent"));
    },
    onSettled: () => queries.invalidateQueries({ queryKey: messageKeys.channels }),
  });
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      open={isOpen}
      destroyOnHidden
      onOpenChange={(open) => {
        setOpen(open);
        test.reset();
      }}
      content={
        <form
          className="channel-test"
          onSubmit={(event) => {
            event.preventDefault();
            test.mutate();
          }}
        >
          <p>{t(needsAddress ? "testTo" : "testGroup")}</p>
          {needsAddress && (
            <Input
              autoFocus
              value={to}
              onChange={(event) => setTo(event.target.value)}
              type={channel.reach === "mail" ? "email" : "tel"}
              aria-label={t(`address.${channel.reach}`)}
              placeholder={t(`address.${channel.reach}`)}
            />
          )}
          <ProblemNote error={test.error} hasRows={false} />
          <Button type="primary" htmlType="submit" loading={test.isPending} disabled={needsAddress && to.trim() === ""}>
            {t("sendTest")}
          </Button>
        </form>
      }
    >
      <Button disabled={!channel.active} aria-label={t("testOf", { label: channel.label })}>
        {t("test")}
      </Button>
    </Popover>
  );
}
