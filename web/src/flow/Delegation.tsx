/** While I am away: who is asked instead of me, and from which day to which. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, DatePicker, Skeleton } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Linked } from "@/api/types";
import { PeoplePicker } from "@/fields/PeoplePicker";
import { useMessage } from "@/look/messages";
import { ProblemNote } from "@/look/ProblemNote";
import "./flow.css";

interface Told {
  delegation: { to: Linked; from: string; until: string } | null;
  /** For whom I answer now. */
  stands_in_for: { id: number; title: string | null; until: string }[];
}

const DAY = "YYYY-MM-DD";

export function Delegation() {
  const { t } = useTranslation("flow");
  const found = useQuery({
    queryKey: ["delegation"],
    queryFn: ({ signal }) => api.get<Told>("delegation", {}, signal),
  });
  return (
    <section className="delegation" aria-labelledby="delegation">
      <h2 id="delegation">{t("delegation.title")}</h2>
      <p className="soft">{t("delegation.help")}</p>
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      {found.isPending && <Skeleton active paragraph={{ rows: 2 }} />}
      {found.data && <Editor key={JSON.stringify(found.data)} told={found.data} />}
    </section>
  );
}

function Editor({ told }: { told: Told }) {
  const { t } = useTranslation("flow");
  const queries = useQueryClient();
  const message = useMessage();
  const now = told.delegation;
  const [to, setTo] = useState<Linked[]>(now ? [now.to] : []);
  const [days, setDays] = useState<[string, string] | null>(now ? [now.from, now.until] : null);
  const keep = useMutation({
    mutationFn: (body: { to: number; from: string; until: string } | Record<string, never>) =>
      api.put<Told>("delegation", body),
    onSuccess: async () => {
      void message.success(t("common:saved"));
      await queries.invalidateQueries({ queryKey: ["delegation"] });
    },
  });
  const [person] = to;
  return (
    <>
      {now && (
        <Alert
          type="info"
          showIcon
          title={t("delegation.now", { name: now.to.title ?? "", from: now.from, until: now.until })}
          action={
            <Button size="small" loading={keep.isPending} onClick={() => keep.mutate({})}>
              {t("delegation.end")}
            </Button>
          }
        />
      )}
      {told.stands_in_for.map((one) => (
        <p key={one.id} className="soft">
          {t("delegation.for", { name: one.title ?? "", until: one.until })}
        </p>
      ))}
      <div className="delegation-row">
        <label htmlFor="delegation-to">
          <span>{t("delegation.to")}</span>
          <PeoplePicker
            id="delegation-to"
            from="people"
            label={t("delegation.to")}
            value={to}
            onChange={setTo}
            single
          />
        </label>
        <label htmlFor="delegation-days">
          <span>{t("delegation.days")}</span>
          <DatePicker.RangePicker
            id={{ start: "delegation-days", end: "delegation-until" }}
            aria-label={t("delegation.days")}
            value={days ? [dayjs(days[0]), dayjs(days[1])] : null}
            onChange={(both) => setDays(both?.[0] && both[1] ? [both[0].format(DAY), both[1].format(DAY)] : null)}
          />
        </label>
        <Button
          type="primary"
          disabled={!person || !days}
          loading={keep.isPending}
          onClick={() => person && days && keep.mutate({ to: person.id, from: days[0], until: days[1] })}
        >
          {t("common:save")}
        </Button>
      </div>
      <ProblemNote error={keep.error} hasRows={false} />
    </>
  );
}
