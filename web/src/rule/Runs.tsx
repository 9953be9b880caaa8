/** The log of rules: each time one was set off, why in words, what it did, and another try for what could not be done. */
import { ReloadOutlined } from "@ant-design/icons";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Empty, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api/client";
import { instantText } from "@/look/figures";
import { useMessage } from "@/look/messages";
import { ProblemNote } from "@/look/ProblemNote";
import { RUN_STATES, type Rule, type Run, type RunState, ruleKeys, runsQuery } from "./rules";

interface Props {
  /** null: of all rules. */
  rule: string | null;
  state: RunState | null;
  counts?: Rule["counts"];
  onState?: (state: RunState | null) => void;
}

export function Runs({ rule, state, counts = {}, onState }: Props) {
  const { t } = useTranslation("rule");
  const found = useInfiniteQuery(runsQuery(rule, state));
  const runs = (found.data?.pages ?? []).flatMap((page) => page.rows);
  return (
    <div className="runs-part">
      {onState && (
        <div className="chips" role="toolbar" aria-label={t("log")}>
          <State state={null} chosen={state} onChoose={onState} />
          {RUN_STATES.filter((one) => (counts[one] ?? 0) > 0 || one === state).map((one) => (
            <State key={one} state={one} chosen={state} count={counts[one] ?? 0} onChoose={onState} />
          ))}
        </div>
      )}
      <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      {found.isPending && <Skeleton active paragraph={{ rows: 4 }} />}
      {found.data && runs.length === 0 && (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t(state === null ? "neverRan" : "noneSo")} />
      )}
      <ol className="runs">
        {runs.map((one) => (
          <Item key={one.id} run={one} />
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

interface StateProps {
  state: RunState | null;
  chosen: RunState | null;
  count?: number;
  onChoose: (state: RunState | null) => void;
}

function State({ state, chosen, count, onChoose }: StateProps) {
  const { t } = useTranslation("rule");
  return (
    <button type="button" aria-pressed={state === chosen} onClick={() => onChoose(state)}>
      {t(state === null ? "common:all" : `run.${state}`)}
      {count !== undefined && <span className="figure"> {count}</span>}
    </button>
  );
}

function Item({ run }: { run: Run }) {
  const { t } = useTranslation("rule");
  const queries = useQueryClient();
  const message = useMessage();
  const replay = useMutation({
    mutationFn: () => api.post<Run>(`firings/${run.id}/replay`),
    onSuccess: async () => {
      void message.success(t("replayed"));
      await queries.invalidateQueries({ queryKey: ruleKeys.all });
    },
  });
  const isStuck = run.state === "dead" || run.state === "failed";
  return (
    <li className={`run is-${run.state}`}>
      <p className="run-head">
        <span className="run-state">{t(`run.${run.state}`)}</span>
        <time className="soft figure">{instantText(run.at)}</time>
        {run.rule_label && <Link to={`/rules/${run.rule}`}>{run.rule_label}</Link>}
        {run.form && run.record ? (
          <Link to={`/${run.form}/${run.record}`}>{run.title ?? `#${run.record}`}</Link>
        ) : (
          run.title && <span>{run.title}</span>
        )}
        {run.by?.title && <span className="soft">{t("by", { name: run.by.title })}</span>}
      </p>
      <dl className="run-told">
        {run.why.length > 0 && (
          <>
            <dt>{t("why")}</dt>
            <dd>
              {run.why.map((text) => (
                <p key={text}>{text}</p>
              ))}
            </dd>
          </>
        )}
        {run.did.length > 0 && (
          <>
            <dt>{t("did")}</dt>
            <dd>
              {run.did.map((one) => (
                <p key={`${one.text} ${one.form} ${one.record}`}>
                  {one.text}
                  {one.form && one.record && (
                    <>
                      {" "}
                      <Link to={`/${one.form}/${one.record}`}>{t("openRecord")}</Link>
                    </>
                  )}
                </p>
              ))}
            </dd>
          </>
        )}
        {run.error && (
          <>
            <dt>{t("notDone")}</dt>
            <dd className="rule-bad">
              {run.error}
              {run.attempts > 1 && <span className="soft"> {t("tried", { count: run.attempts })}</span>}
              {run.next_at && <span className="soft"> {t("triesAgain", { at: instantText(run.next_at) })}</span>}
            </dd>
          </>
        )}
      </dl>
      {isStuck && (
        <Button
          size="small"
          icon={<ReloadOutlined aria-hidden="true" />}
          loading={replay.isPending}
          onClick={() => replay.mutate()}
        >
          {t("replay")}
        </Button>
      )}
      <ProblemNote error={replay.error} hasRows={false} />
    </li>
  );
}
