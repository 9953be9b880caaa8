/** One rule: what it does in words, for whom it runs, what it would do, and what it did. */
import { PlayCircleOutlined } from "@ant-design/icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Tabs } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api/client";
import type { Linked } from "@/api/types";
import { PeoplePicker } from "@/fields/PeoplePicker";
import { instantText } from "@/look/figures";
import { useMessage } from "@/look/messages";
import { ProblemNote } from "@/look/ProblemNote";
import { RuleDoor } from "./RuleDoor";
import { Runs } from "./Runs";
import { type Rehearsed, type Rule, type RunState, ruleKeys, standing } from "./rules";
import "./rule.css";

export function RuleView({ rule }: { rule: Rule }) {
  const { t } = useTranslation("rule");
  const [state, setState] = useState<RunState | null>(null);
  const stands = standing(rule);
  const rehearse = useMutation({
    mutationFn: () => api.post<Rehearsed>(`rules/${rule.rule}/rehearse`),
  });
  const [tab, setTab] = useState("runs");
  return (
    <article className="rule" aria-labelledby="rule-name">
      <header className="rule-head">
        <p className="soft">
          <Link to={`/${rule.form}`}>{rule.form_label}</Link> · {t(`phase.${rule.phase}`)}
        </p>
        <h2 id="rule-name">
          {rule.label}
          <span className={`rule-stands is-${stands}`}>{t(`stands.${stands}`)}</span>
        </h2>
        {rule.help && <p className="soft">{rule.help}</p>}
      </header>
      <ul className="rule-words">
        {rule.words.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
      {rule.warnings.map((one) => (
        <Alert key={one} type="warning" showIcon title={one} />
      ))}
      {rule.door && <RuleDoor rule={rule} door={rule.door} />}
      <Tabs
        activeKey={tab}
        onChange={setTab}
        items={[
          {
            key: "runs",
            label: t("log"),
            children: <Runs rule={rule.rule} state={state} counts={rule.counts} onState={setState} />,
          },
          { key: "pilot", label: t("pilot"), children: <PilotEditor key={JSON.stringify(rule.pilot)} rule={rule} /> },
          ...(rule.can_rehearse
            ? [
                {
                  key: "rehearsal",
                  label: t("rehearsal"),
                  children: (
                    <section className="rehearsal">
                      <p className="soft">{t("rehearsalHelp")}</p>
                      <Button
                        icon={<PlayCircleOutlined aria-hidden="true" />}
                        loading={rehearse.isPending}
                        onClick={() => rehearse.mutate()}
                      >
                        {t("rehearse")}
                      </Button>
                      <ProblemNote error={rehearse.error} onRetry={() => rehearse.mutate()} />
                      {rehearse.data && <Rehearsal told={rehearse.data} />}
                    </section>
                  ),
                },
              ]
            : []),
        ]}
      />
    </article>
  );
}

function PilotEditor({ rule }: { rule: Rule }) {
  const { t } = useTranslation("rule");
  const queries = useQueryClient();
  const message = useMessage();
  const [users, setUsers] = useState<Linked[]>(rule.pilot?.users ?? []);
  const [departments, setDepartments] = useState<Linked[]>(rule.pilot?.departments ?? []);
  const keep = useMutation({
    mutationFn: (whom: { users: number[]; departments: number[] }) => api.post<Rule>(`rules/${rule.rule}/pilot`, whom),
    onSuccess: async () => {
      void message.success(t("common:saved"));
      await queries.invalidateQueries({ queryKey: ruleKeys.list });
    },
  });
  const ids = (some: Linked[]) => some.map((one) => one.id);
  const isPilot = standing({ paused: false, pilot: rule.pilot }) === "pilot";
  return (
    <section className="pilot">
      <p className="soft">{t("pilotHelp")}</p>
      <div className="pilot-row">
        <label htmlFor="pilot-users">
          <span>{t("pilotUsers")}</span>
          <PeoplePicker id="pilot-users" from="people" label={t("pilotUsers")} value={users} onChange={setUsers} />
        </label>
        <label htmlFor="pilot-departments">
          <span>{t("pilotDepartments")}</span>
          <PeoplePicker
            id="pilot-departments"
            from="rules/departments"
            label={t("pilotDepartments")}
            value={departments}
            onChange={setDepartments}
          />
        </label>
      </div>
      <ProblemNote error={keep.error} hasRows={false} />
      <div className="pilot-buttons">
        <Button
          type="primary"
          loading={keep.isPending}
          disabled={users.length + departments.length === 0 && !isPilot}
          onClick={() => keep.mutate({ users: ids(users), departments: ids(departments) })}
        >
          {t("pilotKeep")}
        </Button>
        {isPilot && (
          <Button loading={keep.isPending} onClick={() => keep.mutate({ users: [], departments: [] })}>
            {t("forAll")}
          </Button>
        )}
      </div>
    </section>
  );
}

function Rehearsal({ told }: { told: Rehearsed }) {
  const { t } = useTranslation("rule");
  return (
    <div className="rehearsed" role="status">
      <p>
        <b>{t(told.more ? "wouldMore" : "would", { days: told.days, count: told.count })}</b>
      </p>
      <ol className="runs">
        {told.rows.map((one, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a list that never changes, and one record may stand in it often
          <li key={place} className="run">
            <p className="run-head">
              <time className="soft figure">{instantText(one.at)}</time>
              {one.form && one.record ? (
                <Link to={`/${one.form}/${one.record}`}>{one.title ?? `#${one.record}`}</Link>
              ) : (
                one.title
              )}
            </p>
            <dl className="run-told">
              <dt>{t("why")}</dt>
              <dd>
                {one.why.map((text) => (
                  <p key={text}>{text}</p>
                ))}
              </dd>
              <dt>{t("wouldDo")}</dt>
              <dd>
                {one.would.map((text) => (
                  <p key={text}>{text}</p>
                ))}
              </dd>
            </dl>
          </li>
        ))}
      </ol>
    </div>
  );
}
