/** All rules of the company by what they are about, each with a switch; the open one beside them. */
import { LeftOutlined, SearchOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Empty, Input, Skeleton, Switch } from "antd";
import { useDeferredValue, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { api, Problem } from "@/api/client";
import { useMessage } from "@/look/messages";
import { ProblemNote } from "@/look/ProblemNote";
import { useLate } from "@/look/useLate";
import { useNarrow } from "@/look/useNarrow";
import { RuleView } from "./RuleView";
import { Runs } from "./Runs";
import { byForm, type Rule, ruleKeys, rulesQuery, sought, standing } from "./rules";
import "./rule.css";

/** Instead of a rule's name: what went wrong, of all of them. No rule is called so: names have no dash. */
const DEAD = "not-done";

export default function RulesPage() {
  const { t } = useTranslation("rule");
  const narrow = useNarrow();
  const { rule } = useParams();
  const found = useQuery(rulesQuery);
  const [typed, setTyped] = useState("");
  const words = useDeferredValue(typed.trim());
  const rules = found.data ?? [];
  const groups = useMemo(() => byForm(sought(found.data ?? [], words)), [found.data, words]);
  useEffect(() => {
    document.title = t("title");
  }, [t]);
  const dead = rules.reduce((sum, one) => sum + (one.counts.dead ?? 0), 0);
  const opened = rules.find((one) => one.rule === rule) ?? (narrow || rule ? undefined : groups[0]?.rules[0]);
  const view =
    rule === DEAD ? (
      <div className="rule">
        <header className="rule-head">
          <h2>{t("dead")}</h2>
          <p className="soft">{t("deadHelp")}</p>
        </header>
        <Runs rule={null} state="dead" />
      </div>
    ) : (
      opened && <RuleView key={opened.rule} rule={opened} />
    );
  if (narrow && rule !== undefined)
    return (
      <div className="rules is-narrow">
        <Link to="/rules" className="rules-back">
          <LeftOutlined aria-hidden="true" /> {t("title")}
        </Link>
        <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
        {view}
      </div>
    );
  return (
    <div className={narrow ? "rules is-narrow" : "rules"}>
      <div className="side">
        <h1>{t("title")}</h1>
        <Input
          allowClear
          prefix={<SearchOutlined aria-hidden="true" />}
          placeholder={t("seek")}
          aria-label={t("seek")}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
        {found.isPending && <Late />}
        {dead > 0 && (
          <Link to={`/rules/${DEAD}`} className="rules-dead" aria-current={rule === DEAD ? "page" : undefined}>
            <span>{t("dead")}</span>
            <span className="figure">{dead}</span>
          </Link>
        )}
        {found.data && groups.length === 0 && (
          <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t(words ? "nothingFound" : "empty")} />
        )}
        {groups.map((group) => (
          <section key={group.form} aria-label={group.label}>
            <h2>{group.label}</h2>
            <ul className="rule-rows">
              {group.rules.map((one) => (
                <Row key={one.rule} rule={one} isShown={one === opened && rule !== DEAD} />
              ))}
            </ul>
          </section>
        ))}
      </div>
      {!narrow && <div className="rules-main">{view}</div>}
    </div>
  );
}

function Late() {
  return useLate() ? <Skeleton active paragraph={{ rows: 6 }} /> : null;
}

function Row({ rule, isShown }: { rule: Rule; isShown: boolean }) {
  const { t } = useTranslation("rule");
  const stands = standing(rule);
  const dead = rule.counts.dead ?? 0;
  return (
    <li className={isShown ? "is-shown" : undefined}>
      <Link to={`/rules/${rule.rule}`} className="rule-row" aria-current={isShown ? "true" : undefined}>
        <b className={rule.paused ? "soft" : undefined}>{rule.label}</b>
        <span className="rule-row-words">{rule.words[0] ?? rule.help}</span>
        <span className="rule-row-foot">
          {stands !== "on" && <span className={`rule-stands is-${stands}`}>{t(`stands.${stands}`)}</span>}
          {rule.phase === "before" && <span className="soft">{t("before")}</span>}
          {(rule.counts.done ?? 0) > 0 && <span className="soft">{t("ran", { count: rule.counts.done ?? 0 })}</span>}
          {dead > 0 && <span className="rule-bad">{t("deadOnes", { count: dead })}</span>}
        </span>
      </Link>
      <OnOff rule={rule} />
    </li>
  );
}

/** The switch of a rule; what the server says counts. */
export function OnOff({ rule }: { rule: Rule }) {
  const { t } = useTranslation("rule");
  const queries = useQueryClient();
  const message = useMessage();
  const change = useMutation({
    mutationFn: (runs: boolean) => api.post<Rule>(`rules/${rule.rule}/${runs ? "resume" : "pause"}`),
    onSuccess: (after) =>
      queries.setQueryData(rulesQuery.queryKey, (all) => all?.map((one) => (one.rule === after.rule ? after : one))),
    onError: (error) => void message.error(error instanceof Problem ? error.body.detail : t("common:somethingWrong")),
    onSettled: () => queries.invalidateQueries({ queryKey: ruleKeys.list }),
  });
  return (
    <Switch
      size="small"
      checked={!rule.paused}
      loading={change.isPending}
      onChange={(runs) => change.mutate(runs)}
      aria-label={t("onOff", { label: rule.label })}
    />
  );
}
