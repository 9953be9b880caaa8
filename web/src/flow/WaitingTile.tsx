/** The flows that wait for me, to be agreed to in place; everything else is decided on the flow itself. */
import { CheckOutlined } from "@ant-design/icons";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Skeleton } from "antd";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { actionKey, Problem } from "@/api/client";
import { useMessage } from "@/look/messages";
import { ProblemNote } from "@/look/ProblemNote";
import { useLate } from "@/look/useLate";
import { Ago, Due } from "./Due";
import { type FlowRow, flowsQuery, nameOf, perform, refresh } from "./flows";
import { inShort, useSummary } from "./useSummary";
import "./flow.css";

export default function WaitingTile({ most }: { most?: number }) {
  const { t } = useTranslation("flow");
  const found = useInfiniteQuery(flowsQuery("waiting"));
  const rows = (found.data?.pages ?? []).flatMap((page) => page.rows);
  const waiting = found.data?.pages[0]?.counts.waiting ?? rows.length;
  if (found.isPending) return <Late />;
  if (found.error) return <ProblemNote error={found.error} onRetry={() => void found.refetch()} />;
  if (rows.length === 0) return <p className="soft">{t("empty.waiting")}</p>;
  const shown = rows.slice(0, most);
  return (
    <div className="waiting-tile">
      <ul>
        {shown.map((one) => (
          <Item key={one.id} flow={one} />
        ))}
      </ul>
      {waiting > shown.length && <Link to="/flows">{t("allWaiting", { count: waiting })}</Link>}
    </div>
  );
}

function Late() {
  return useLate() ? <Skeleton active paragraph={{ rows: 3 }} /> : null;
}

function Item({ flow }: { flow: FlowRow }) {
  const { t } = useTranslation("flow");
  const queries = useQueryClient();
  const message = useMessage();
  const key = useRef(actionKey());
  const words = inShort(useSummary(flow), flow.title, 3);
  const agree = useMutation({
    mutationFn: () => perform(flow.id, flow.task, { do: "agree" }, key.current),
    onSuccess: async (after) => {
      void message.success({ content: <span role="status">{t("did.agree", { title: nameOf(flow) })}</span> });
      if (after.state === "stuck") void message.warning(t("stuckNow"), 6);
      await refresh(queries, flow);
    },
    onError: (error) => {
      if (error instanceof Problem && error.status !== 0) key.current = actionKey();
    },
  });
  return (
    <li>
      <Link to={`/flows/${flow.id}`} className="waiting-flow">
        <span className="flow-row-head">
          <b>{flow.title ?? `#${flow.record}`}</b>
          <Ago at={flow.at} />
        </span>
        <span className="flow-row-told">{[flow.form_label, ...words].join(" · ")}</span>
        <span className="flow-row-foot soft">
          <span>{flow.by.title}</span>
          <span>{flow.step_label}</span>
          <Due due={flow.due} />
        </span>
      </Link>
      {flow.can.includes("agree") && (
        <Button
          icon={<CheckOutlined aria-hidden="true" />}
          aria-label={t("agreeTo", { title: nameOf(flow) })}
          loading={agree.isPending}
          onClick={() => agree.mutate()}
        >
          {t("act.agree")}
        </Button>
      )}
      <ProblemNote error={agree.error} hasRows={false} />
    </li>
  );
}
