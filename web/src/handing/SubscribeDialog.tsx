/** A dashboard (or report) that comes by mail at its times: added, paused, sent at once, taken away. */
import { DeleteOutlined, PauseCircleOutlined, PlayCircleOutlined, SendOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Modal, Select, Skeleton, TimePicker, Tooltip } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { isOf, type Subscription, subscriptionsQuery, type Thing } from "@/api/dashboards";
import { instantText } from "@/look/figures";
import { useMessage } from "@/look/messages";
import { ProblemNote } from "@/look/ProblemNote";
import "./handing.css";

interface Props {
  of: Thing;
  label: string;
  asked: Record<string, string>;
  onClose: () => void;
}

const EVERY = ["day", "week", "month"] as const;
const FORMATS = ["pdf", "xlsx", "link"] as const;
const CHANNELS = ["mail", "inbox"] as const;
/** A Monday, from which the names of weekdays are counted. */
const MONDAY = Date.UTC(2026, 0, 5);
const DAY_MS = 86_400_000;
/** Every month has them. */
const DAYS_OF_A_MONTH = 28;

export default function SubscribeDialog({ of, label, asked, onClose }: Props) {
  const { t, i18n } = useTranslation("dashboard");
  const message = useMessage();
  const queries = useQueryClient();
  const [every, setEvery] = useState<Subscription["every"]>("week");
  const [day, setDay] = useState(1);
  const [at, setAt] = useState("08:00");
  const [format, setFormat] = useState<Subscription["format"]>("pdf");
  const [channel, setChannel] = useState<Subscription["channel"]>("mail");
  const found = useQuery(subscriptionsQuery);
  const mine = (found.data ?? []).filter((one) => isOf(of, one));
  const again = () => queries.invalidateQueries({ queryKey: subscriptionsQuery.queryKey });
  const add = useMutation({
    mutationFn: () =>
      api.post("subscriptions", {
        ...of,
        parameters: asked,
        every,
        day: every === "day" ? null : day,
        at,
        format,
        channel,
      }),
    onSettled: again,
  });
  const change = useMutation({
    mutationFn: ({ id, paused, parameters, look, every, day, at, format, channel }: Subscription) =>
      api.put(`subscriptions/${id}`, {
        ...of,
        ...("report" in of ? { look } : {}),
        parameters,
        every,
        day,
        at,
        format,
        channel,
        paused: !paused,
      }),
    onSettled: again,
  });
  const send = useMutation({
    mutationFn: (id: number) => api.post(`subscriptions/${id}/send`),
    onSuccess: () => void message.success(t("sending.sent")),
    onSettled: again,
  });
  const end = useMutation({ mutationFn: (id: number) => api.delete(`subscriptions/${id}`), onSettled: again });
  const weekday = (number: number) =>
    new Date(MONDAY + (number - 1) * DAY_MS).toLocaleDateString(i18n.language, { weekday: "long", timeZone: "UTC" });
  const days =
    every === "week"
      ? Array.from({ length: 7 }, (_, place) => ({ value: place + 1, label: weekday(place + 1) }))
      : Array.from({ length: DAYS_OF_A_MONTH }, (_, place) => ({
          value: place + 1,
          label: t("sending.theDay", { day: place + 1 }),
        }));
  const when = (one: Subscription) =>
    [
      t(`sending.everys.${one.every}`),
      one.every === "week" && one.day !== null && weekday(one.day),
      one.every === "month" && one.day !== null && t("sending.theDay", { day: one.day }),
      one.at.slice(0, 5),
    ]
      .filter(Boolean)
      .join(" ");
  return (
    <Modal open title={t("sending.title", { label })} footer={null} onCancel={onClose}>
      <div className="handing">
        <p className="soft">{t("sending.about")}</p>
        <div className="handing-fields">
          {/* biome-ignore lint/a11y/noLabelWithoutControl: the control is inside, here and below */}
          <label>
            <span className="soft">{t("sending.every")}</span>
            <Select
              value={every}
              aria-label={t("sending.every")}
              onChange={setEvery}
              options={EVERY.map((value) => ({ value, label: t(`sending.everys.${value}`) }))}
            />
          </label>
          {every !== "day" && (
            // biome-ignore lint/a11y/noLabelWithoutControl: as above
            <label>
              <span className="soft">{t(every === "week" ? "sending.weekday" : "sending.monthday")}</span>
              <Select
                value={Math.min(day, days.length)}
                aria-label={t(every === "week" ? "sending.weekday" : "sending.monthday")}
                onChange={setDay}
                options={days}
              />
            </label>
          )}
          {/* biome-ignore lint/a11y/noLabelWithoutControl: as above */}
          <label>
            <span className="soft">{t("sending.at")}</span>
            <TimePicker
              value={dayjs(at, "HH:mm")}
              format="HH:mm"
              minuteStep={5}
              allowClear={false}
              aria-label={t("sending.at")}
              onChange={(time) => setAt(time?.format("HH:mm") ?? at)}
            />
          </label>
          {/* biome-ignore lint/a11y/noLabelWithoutControl: as above */}
          <label>
            <span className="soft">{t("sending.format")}</span>
            <Select
              value={format}
              aria-label={t("sending.format")}
              onChange={setFormat}
              options={FORMATS.map((value) => ({ value, label: t(`sending.formats.${value}`) }))}
            />
          </label>
          {/* biome-ignore lint/a11y/noLabelWithoutControl: as above */}
          <label>
            <span className="soft">{t("sending.channel")}</span>
            <Select
              value={channel}
              aria-label={t("sending.channel")}
              onChange={setChannel}
              options={CHANNELS.map((value) => ({ value, label: t(`sending.channels.${value}`) }))}
            />
          </label>
          <Button type="primary" loading={add.isPending} onClick={() => add.mutate()}>
            {t("sending.make")}
          </Button>
        </div>
        <ProblemNote error={add.error ?? change.error ?? send.error ?? end.error} />
        <h3>{t("sending.list")}</h3>
        {found.isPending && <Skeleton active paragraph={{ rows: 2 }} />}
        <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
        {found.data && mine.length === 0 && <p className="soft">{t("sending.none")}</p>}
        <ul className="handing-list">
          {mine.map((one) => (
            <li key={one.id}>
              <span>
                {when(one)} · {t(`sending.formats.${one.format}`)} · {t(`sending.channels.${one.channel}`)}
                <span className="handing-small soft">
                  {one.paused
                    ? t("sending.paused")
                    : one.next_at && t("sending.next", { at: instantText(one.next_at) })}
                  {one.last &&
                    ` · ${t(one.last.error ? "sending.failed" : "sending.last", { at: instantText(one.last.at) })}`}
                </span>
              </span>
              <span className="handing-acts">
                <Act
                  label={t("sending.now")}
                  icon={<SendOutlined aria-hidden="true" />}
                  isBusy={send.isPending && send.variables === one.id}
                  onClick={() => send.mutate(one.id)}
                />
                <Act
                  label={t(one.paused ? "sending.resume" : "sending.pause")}
                  icon={
                    one.paused ? <PlayCircleOutlined aria-hidden="true" /> : <PauseCircleOutlined aria-hidden="true" />
                  }
                  isBusy={change.isPending && change.variables.id === one.id}
                  onClick={() => change.mutate(one)}
                />
                <Act
                  label={t("common:delete")}
                  icon={<DeleteOutlined aria-hidden="true" />}
                  isBusy={end.isPending && end.variables === one.id}
                  onClick={() => end.mutate(one.id)}
                />
              </span>
            </li>
          ))}
        </ul>
      </div>
    </Modal>
  );
}

interface ActProps {
  label: string;
  icon: React.ReactNode;
  isBusy: boolean;
  onClick: () => void;
}

function Act({ label, icon, isBusy, onClick }: ActProps) {
  return (
    <Tooltip title={label}>
      <Button type="text" size="small" icon={icon} aria-label={label} loading={isBusy} onClick={onClick} />
    </Tooltip>
  );
}
