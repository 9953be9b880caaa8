/** What can be made of the rows of a report: a button for each document, with how many of the chosen rows it takes. */
import { CloseOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Popconfirm } from "antd";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { actionKey, api, Problem } from "@/api/client";
import { formQuery, keys } from "@/api/queries";
import type { Outcome, ReportDescription, Value } from "@/api/types";
import { useMessage } from "@/look/messages";
import { ProblemNote } from "@/look/ProblemNote";
import { type Choice, placeOf } from "./choosing";

type Creation = NonNullable<ReportDescription["creates"]>[number];

interface Props {
  described: ReportDescription;
  /** Those that the rows of this page can become. */
  creations: Creation[];
  parameters: Record<string, Value>;
  sort: string | null;
  choice: Choice;
  onClear: () => void;
  /** The rows are not what they were. */
  onChanged: () => void;
}

interface Ask {
  creation: Creation;
  acceptWarnings: boolean;
}

export function Creates({ described, creations, parameters, sort, choice, onClear, onChanged }: Props) {
  const { t } = useTranslation("report");
  const message = useMessage();
  const queries = useQueryClient();
  const go = useNavigate();
  const key = useRef({ asked: "", key: "" });
  const fitting = (one: Creation) => [...choice.values()].filter((row) => row.fits.includes(one.name));
  const make = useMutation({
    mutationFn: ({ creation, acceptWarnings }: Ask) => {
      const rows = choice.size > 0 ? fitting(creation).map((row) => row.at) : null;
      const body = { parameters, rows, sort, ...(acceptWarnings ? { accept_warnings: true } : {}) };
      const asked = JSON.stringify([creation.name, body]);
      // What got no answer may have been done: asked again under the same key, it is done once.
      if (key.current.asked !== asked) key.current = { asked, key: actionKey() };
      return api.post<Outcome>(`reports/${described.report}/creates/${creation.name}`, body, { key: key.current.key });
    },
    onSuccess: (outcome, { creation }) => {
      const made = [outcome.id, ...outcome.created.map((one) => one.id)];
      key.current = { asked: "", key: "" };
      void queries.invalidateQueries({ queryKey: keys.lists(creation.form) });
      void queries.invalidateQueries({ queryKey: keys.reports });
      void queries.invalidateQueries({ queryKey: keys.home });
      void message.success(t("made", { label: creation.label, count: made.length }));
      onClear();
      void go(placeOf(creation.form, made));
    },
    onError: (error) => {
      if (!(error instanceof Problem) || error.status !== 0) key.current = { asked: "", key: "" };
      if (error instanceof Problem && error.status === 409) onChanged();
    },
  });
  const refused = make.error && make.variables;
  const form = useQuery({ ...formQuery(refused ? refused.creation.form : ""), enabled: Boolean(refused) }).data;
  const causes = make.error instanceof Problem ? make.error.causes : [];
  const isWarned = causes.length > 0 && causes.every((one) => one.code === "form.duplicate_warning");
  const labelOf = (field: string) => {
    const [name, column] = field.split(".");
    const found = form?.fields.find((one) => one.name === name);
    return found?.fields?.find((one) => one.name === column)?.label ?? found?.label;
  };

  return (
    <>
      <div className={choice.size > 0 ? "creates is-chosen" : "creates"} role="toolbar" aria-label={t("creates")}>
        {choice.size > 0 && <strong aria-live="polite">{t("chosen", { count: choice.size })}</strong>}
        {creations.map((one) => {
          const count = fitting(one).length;
          const isMaking = make.isPending && make.variables.creation === one;
          const run = () => make.mutate({ creation: one, acceptWarnings: false });
          if (choice.size > 0) {
            return (
              <Button
                key={one.name}
                type="primary"
                disabled={count === 0 || make.isPending}
                loading={isMaking}
                onClick={run}
              >
                {t("create", { label: one.label, count })}
              </Button>
            );
          }
          return (
            <Popconfirm key={one.name} title={t("askAll", { label: one.label })} onConfirm={run}>
              <Button disabled={make.isPending} loading={isMaking}>
                {t("createAll", { label: one.label })}
              </Button>
            </Popconfirm>
          );
        })}
        {choice.size > 0 && (
          <Button type="text" icon={<CloseOutlined aria-hidden="true" />} disabled={make.isPending} onClick={onClear}>
            {t("clearChoice")}
          </Button>
        )}
      </div>
      <ProblemNote error={make.error} labelOf={labelOf} />
      {isWarned && make.variables && (
        <Button onClick={() => make.mutate({ ...make.variables, acceptWarnings: true })}>{t("createAnyway")}</Button>
      )}
    </>
  );
}
