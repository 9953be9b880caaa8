/** What was sent and what was not: every message with its channel and state, and another try for what was given up. */
import { ReloadOutlined } from "@ant-design/icons";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Empty, Select, Skeleton, Tag } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { api } from "@/api/client";
import { instantText } from "@/look/figures";
import { useMessage } from "@/look/messages";
import { ProblemNote } from "@/look/ProblemNote";
import { channelsQuery, logQuery, MESSAGE_STATES, type MessageState, messageKeys, type Sent } from "./messages";
import "./message.css";

const isState = (text: string | null): text is MessageState =>
  (MESSAGE_STATES as readonly (string | null)[]).includes(text);

export default function LogPage() {
  const { t } = useTranslation("message");
  const queries = useQueryClient();
  const message = useMessage();
  const [search, setSearch] = useSearchParams();
  const asked = search.get("state");
  const state = isState(asked) ? asked : null;
  const channel = search.get("channel");
  const found = useInfiniteQuery(logQuery(state, channel));
  const channels = useQuery(channelsQuery).data?.channels ?? [];
  const items = (found.data?.pages ?? []).flatMap((page) => page.items);
  const counts = found.data?.pages[0]?.counts ?? {};
  useEffect(() => {
    document.title = t("log");
  }, [t]);
  const show = (change: { state?: MessageState | null; channel?: string | null }) => {
    const next = { state, channel, ...change };
    setSearch(Object.fromEntries(Object.entries(next).filter(([, value]) => value)) as Record<string, string>, {
      replace: true,
    });
  };
  const replayAll = useMutation({
    mutationFn: () => api.post<{ replayed: number }>("messages/replay", channel ? { channel } : {}),
    onSuccess: async ({ replayed }) => {
      void message.success(t("replayedAll", { count: replayed }));
      await queries.invalidateQueries({ queryKey: messageKeys.all });
    },
  });
  return (
    <div className="channels">
      <header className="channels-head">
        <div>
          <h1>{t("log")}</h1>
          <p className="soft">{t("logHelp")}</p>
        </div>
        <Link to="/channels">{t("channels")}</Link>
      </header>
      <div className="log-tools">
        <div className="chips" role="toolbar" aria-label={t("state")}>
          {([null, ...MESSAGE_STATES] as const)
            .filter((one) => one === null || one === state || (counts[one] ?? 0) > 0)
            .map((one) => (
              <button
                key={one ?? "all"}
                type="button"
                aria-pressed={one === state}
                onClick={() => show({ state: one })}
              >
                {one === null ? t("common:all") : t(`states.${one}`)}
                {one !== null && <span className="figure"> {counts[one] ?? 0}</span>}
              </button>
            ))}
        </div>
        <Select
          allowClear
          value={channel}
          placeholder={t("everyChannel")}
          aria-label={t("channel")}
          options={channels.map((one) => ({ value: one.name, label: one.label }))}
          onChange={(name: string | undefined) => show({ channel: name ?? null })}
        />
        {(counts.dead ?? 0) > 0 && (
          <Button
            icon={<ReloadOutlined aria-hidden="true" />}
            loading={replayAll.isPending}
            onClick={() => replayAll.mutate()}
          >
            {t("replayAll", { count: counts.dead ?? 0 })}
          </Button>
        )}
      </div>
      <ProblemNote error={found.error ?? replayAll.error} onRetry={() => void found.refetch()} />
      {found.isPending && <Skeleton active />}
      {found.data && items.length === 0 && (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t(state ? "noneSo" : "nothingSent")} />
      )}
      <ol className="log-rows">
        {items.map((one) => (
          <Item key={one.id} sent={one} />
        ))}
      </ol>
      {found.hasNextPage && (
        <Button onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>
          {t("older")}
        </Button>
      )}
    </div>
  );
}

function Item({ sent }: { sent: Sent }) {
  const { t } = useTranslation("message");
  const queries = useQueryClient();
  const replay = useMutation({
    mutationFn: () => api.post<Sent>(`messages/${sent.id}/replay`),
    onSuccess: () => queries.invalidateQueries({ queryKey: messageKeys.all }),
  });
  const about = sent.form && sent.record ? `/${sent.form}/${sent.record}` : sent.link;
  const [title, text] = [sent.title, sent.text].filter((one): one is string => Boolean(one));
  return (
    <li className={`log-row is-${sent.state}`}>
      <div className="log-told">
        <p className="log-head">
          <b>{title ?? sent.kind_label}</b>
          {sent.urgent && <Tag color="error">{t("urgent")}</Tag>}
        </p>
        {text && <p className="long">{text}</p>}
        <p className="log-foot soft">
          <span>{sent.channel_label}</span>
          <span>{sent.to?.title ?? sent.address ?? t("group")}</span>
          <span>{sent.kind_label}</span>
          <time className="figure">{instantText(sent.sent_at ?? sent.at)}</time>
          {about && <Link to={about}>{t("open")}</Link>}
        </p>
        {sent.error && (
          <p className="is-bad">
            {sent.error}
            {sent.attempts > 1 && <span className="soft"> {t("tried", { count: sent.attempts })}</span>}
            {sent.next_at && <span className="soft"> {t("triesAgain", { at: instantText(sent.next_at) })}</span>}
          </p>
        )}
        <ProblemNote error={replay.error} hasRows={false} />
      </div>
      <div className="log-end">
        <span className="log-state">{sent.state_label}</span>
        {(sent.state === "dead" || sent.state === "failed") && (
          <Button
            size="small"
            icon={<ReloadOutlined aria-hidden="true" />}
            loading={replay.isPending}
            onClick={() => replay.mutate()}
          >
            {t("replay")}
          </Button>
        )}
      </div>
    </li>
  );
}
