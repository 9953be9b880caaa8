/** What reaches me where: kinds of messages by channels, when it is quiet, and what comes bundled. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Checkbox, Skeleton, Switch, TimePicker } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { useMessage } from "@/look/messages";
import { ProblemNote } from "@/look/ProblemNote";
import { messageKeys, type Wishes as Told, wishesQuery } from "./messages";
import "./message.css";

const TIME = "HH:mm";
/** It shows in the pages whatever is chosen. */
const INBOX = "inbox";
const NIGHT = { from: "22:00", to: "07:30" };
const MORNING = "08:30";

export function Wishes() {
  const { t } = useTranslation("message");
  const found = useQuery(wishesQuery);
  return (
    <section className="wishes" aria-labelledby="wishes">
      <h2 id="wishes">{t("wishes")}</h2>
      <p className="soft">{t("wishesHelp")}</p>
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      {found.isPending && <Skeleton active />}
      {found.data && <Editor key={JSON.stringify(found.data)} told={found.data} />}
    </section>
  );
}

function Editor({ told }: { told: Told }) {
  const { t } = useTranslation("message");
  const queries = useQueryClient();
  const message = useMessage();
  const [ways, setWays] = useState(told.ways);
  const [quiet, setQuiet] = useState(told.quiet);
  const [bundle, setBundle] = useState(told.bundle);
  const keep = useMutation({
    mutationFn: () => api.put<Told>("preferences/messages", { ways, quiet, bundle }),
    onSuccess: (after) => {
      queries.setQueryData(wishesQuery.queryKey, after);
      void message.success(t("common:saved"));
      return queries.invalidateQueries({ queryKey: messageKeys.wishes });
    },
  });
  const others = told.channels.filter((one) => one.name !== INBOX);
  const isChanged = JSON.stringify([ways, quiet, bundle]) !== JSON.stringify([told.ways, told.quiet, told.bundle]);
  const set = (kind: string, channel: string, is: boolean) =>
    setWays({ ...ways, [kind]: { ...ways[kind], [channel]: is } });
  return (
    <>
      <div className="wishes-scroll">
        <table className="wishes-table">
          <thead>
            <tr>
              <th scope="col">{t("kind")}</th>
              <th scope="col">{t("inbox")}</th>
              {others.map((one) => (
                <th key={one.name} scope="col">
                  {one.label}
                  <span className="soft">{one.address ?? t("noAddress")}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {told.kinds.map((kind) => (
              <tr key={kind.kind}>
                <th scope="row">{kind.label}</th>
                <td>
                  <Checkbox checked disabled aria-label={t("wayOf", { kind: kind.label, channel: t("inbox") })} />
                </td>
                {others.map((one) => (
                  <td key={one.name}>
                    <Checkbox
                      checked={ways[kind.kind]?.[one.name] ?? false}
                      disabled={one.address === null}
                      onChange={(event) => set(kind.kind, one.name, event.target.checked)}
                      aria-label={t("wayOf", { kind: kind.label, channel: one.label })}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {others.length === 0 && <p className="soft">{t("onlyInbox")}</p>}
      <div className="wishes-times">
        <div>
          <Switch id="wishes-quiet" checked={quiet !== null} onChange={(is) => setQuiet(is ? NIGHT : null)} />
          <label htmlFor="wishes-quiet">{t("quiet")}</label>
          {quiet && (
            <TimePicker.RangePicker
              aria-label={t("quiet")}
              format={TIME}
              minuteStep={5}
              order={false}
              allowClear={false}
              value={[dayjs(quiet.from, TIME), dayjs(quiet.to, TIME)]}
              onChange={(both) => {
                if (both?.[0] && both[1]) setQuiet({ from: both[0].format(TIME), to: both[1].format(TIME) });
              }}
            />
          )}
          <p className="soft">{t("quietHelp")}</p>
        </div>
        <div>
          <Switch id="wishes-bundle" checked={bundle !== null} onChange={(is) => setBundle(is ? MORNING : null)} />
          <label htmlFor="wishes-bundle">{t("bundle")}</label>
          {bundle && (
            <TimePicker
              aria-label={t("bundle")}
              format={TIME}
              minuteStep={5}
              allowClear={false}
              value={dayjs(bundle, TIME)}
              onChange={(at) => at && setBundle(at.format(TIME))}
            />
          )}
          <p className="soft">{t("bundleHelp")}</p>
        </div>
      </div>
      <ProblemNote error={keep.error} hasRows={false} />
      <Button type="primary" disabled={!isChanged} loading={keep.isPending} onClick={() => keep.mutate()}>
        {t("common:save")}
      </Button>
    </>
  );
}
