/** One answer to many flows, and what came of each. */
import { CheckCircleFilled, CloseCircleFilled } from "@ant-design/icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Drawer, Input, Popover } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Problem } from "@/api/client";
import { keys } from "@/api/queries";
import { useMessage } from "@/look/messages";
import { ProblemNote } from "@/look/ProblemNote";
import { useNarrow } from "@/look/useNarrow";
import { type BulkResult, type FlowRow, nameOf, performInBulk } from "./flows";

interface Props {
  flows: FlowRow[];
  /** How many could be chosen. */
  all: number;
  onAll: () => void;
  onClear: () => void;
  onDone: () => void;
}

type What = "agree" | "refuse";

export function BulkBar({ flows, all, onAll, onClear, onDone }: Props) {
  const { t } = useTranslation("flow");
  const message = useMessage();
  const queries = useQueryClient();
  const [asks, setAsks] = useState<What | null>(null);
  const [told, setTold] = useState<{ results: BulkResult[]; flows: FlowRow[] } | null>(null);
  const run = useMutation({
    mutationFn: ({ what, comment }: { what: What; comment: string }) =>
      performInBulk(
        what,
        flows.map((one) => one.id),
        comment,
      ),
    onSuccess: async (results, { what }) => {
      setAsks(null);
      const good = results.filter((one) => one.ok).length;
      if (good < results.length) setTold({ results, flows });
      else onDone();
      if (good > 0)
        void message.success({ content: <span role="status">{t(`bulkDid.${what}`, { count: good })}</span> });
      for (const one of flows) {
        void queries.invalidateQueries({ queryKey: keys.record(one.form, one.record) });
        void queries.invalidateQueries({ queryKey: keys.lists(one.form) });
      }
      void queries.invalidateQueries({ queryKey: keys.home });
      await queries.invalidateQueries({ queryKey: keys.flows });
    },
  });
  const button = (what: What) => (
    <Popover
      trigger="click"
      placement="bottomLeft"
      destroyOnHidden
      open={asks === what}
      onOpenChange={(open) => setAsks(open ? what : null)}
      content={
        <Asking
          what={what}
          count={flows.length}
          isBusy={run.isPending}
          error={run.error}
          onDo={(comment) => run.mutate({ what, comment })}
          onCancel={() => setAsks(null)}
        />
      }
    >
      <Button size="small" type={what === "agree" ? "primary" : "default"} danger={what === "refuse"}>
        {t(`act.${what}`)}
      </Button>
    </Popover>
  );
  return (
    <>
      <div className="flow-bulk" role="toolbar" aria-label={t("bulk")}>
        <strong aria-live="polite">{t("chosen", { count: flows.length })}</strong>
        {button("agree")}
        {button("refuse")}
        <span className="flow-space" />
        {flows.length < all && (
          <Button size="small" type="text" onClick={onAll}>
            {t("chooseAll")}
          </Button>
        )}
        <Button size="small" type="text" onClick={onClear}>
          {t("common:cancel")}
        </Button>
      </div>
      {told && (
        <Results
          {...told}
          onClose={() => {
            setTold(null);
            onDone();
          }}
        />
      )}
    </>
  );
}

interface AskingProps {
  what: What;
  count: number;
  isBusy: boolean;
  error: unknown;
  onDo: (comment: string) => void;
  onCancel: () => void;
}

/** Refusing needs words; agreeing may have some. */
function Asking({ what, count, isBusy, error, onDo, onCancel }: AskingProps) {
  const { t } = useTranslation("flow");
  const [comment, setComment] = useState("");
  return (
    <div className="flow-asking">
      <p>{t(`bulkAsk.${what}`, { count })}</p>
      <Input.TextArea
        value={comment}
        onChange={(event) => setComment(event.target.value)}
        autoSize={{ minRows: 1, maxRows: 4 }}
        maxLength={2000}
        placeholder={t(what === "refuse" ? "sayWhy" : "commentHint")}
        aria-label={t("comment")}
      />
      <ProblemNote error={error} hasRows={false} />
      <div className="act-buttons">
        <Button
          type="primary"
          danger={what === "refuse"}
          disabled={what === "refuse" && comment.trim() === ""}
          loading={isBusy}
          onClick={() => onDo(comment)}
        >
          {t(`act.${what}`)}
        </Button>
        <Button onClick={onCancel}>{t("common:cancel")}</Button>
      </div>
    </div>
  );
}

function Results({ results, flows, onClose }: { results: BulkResult[]; flows: FlowRow[]; onClose: () => void }) {
  const { t } = useTranslation("flow");
  const narrow = useNarrow();
  const known = new Map(flows.map((one) => [one.id, one]));
  const bad = results.filter((one) => !one.ok);
  const good = results.filter((one) => one.ok);
  return (
    <Drawer
      open
      title={t("bulkResult", { good: good.length, bad: bad.length })}
      onClose={onClose}
      placement={narrow ? "bottom" : "right"}
      size={narrow ? "85%" : 440}
    >
      <ul className="flow-results">
        {[...bad, ...good].map((one) => {
          const flow = known.get(one.id);
          return (
            <li key={one.id}>
              {one.ok ? (
                <CheckCircleFilled className="is-good" aria-label={t("succeeded")} />
              ) : (
                <CloseCircleFilled className="is-bad" aria-label={t("notDone")} />
              )}
              <div>
                <Link to={`/flows/${one.id}`}>{flow ? nameOf(flow) : `#${one.id}`}</Link>
                {one.problem && (
                  <ul className="causes">
                    {new Problem({ ...one.problem, problems: one.problem.problems ?? [] }).causes.map((cause) => (
                      <li key={cause.text}>{cause.text}</li>
                    ))}
                  </ul>
                )}
              </div>
            </li>
          );
        })}
      </ul>
    </Drawer>
  );
}
