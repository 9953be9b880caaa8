/** The import while it runs, and when it is over. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Progress } from "antd";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { keys } from "@/api/queries";
import type { Form } from "@/api/types";
import { grouped } from "@/look/figures";
import { ProblemNote } from "@/look/ProblemNote";
import { Download } from "./Download";
import { Counts, Problems } from "./ImportResult";
import { importApi, isOver, percentOf, targetsOf } from "./importing";
import { useTold } from "./useTold";

const POLL_MS = 500;

interface Props {
  form: Form;
  job: string;
  onDone: () => void;
  onAgain: () => void;
  onBack: () => void;
}

export function ImportRun({ form, job, onDone, onAgain, onBack }: Props) {
  const { t } = useTranslation("list");
  const tell = useTold();
  const queries = useQueryClient();
  const state = useQuery({
    queryKey: ["imports", job],
    queryFn: () => importApi.state(job),
    refetchInterval: (query) => (query.state.data && isOver(query.state.data) ? false : POLL_MS),
    staleTime: 0,
  });
  const stop = useMutation({ mutationFn: () => importApi.stop(job), onError: tell });
  const now = state.data;
  const ended = now !== undefined && isOver(now);
  const done = useRef(onDone);
  done.current = onDone;
  useEffect(() => {
    if (!ended) return;
    done.current();
    void queries.invalidateQueries({ queryKey: keys.lists(form.form) });
    void queries.invalidateQueries({ queryKey: keys.home });
  }, [ended, queries, form.form]);
  if (!now) return <ProblemNote error={state.error} onRetry={() => void state.refetch()} />;
  const targets = targetsOf(form, t("system.number"));
  return (
    <div className="import-run" aria-live="polite">
      {!ended && (
        <>
          <p>{t([`import.stage.${now.stage}`, "import.stage.waiting"])}</p>
          <Progress percent={percentOf(now)} status="active" aria-label={t("import.progress")} />
          <p className="soft figure">
            {now.total > 1 && `${grouped(String(now.done))} / ${grouped(String(now.total))}`}
          </p>
          <Button loading={stop.isPending || stop.isSuccess} onClick={() => stop.mutate()}>
            {t("import.stop")}
          </Button>
          <p className="soft">{t("import.stopHelp")}</p>
        </>
      )}
      {now.state === "done" && now.result && (
        <>
          <Alert type="success" showIcon title={t("import.done")} />
          <Counts told={now.result} />
          <Problems
            problems={now.result.problems}
            more={now.result.more_problems}
            targets={targets}
            label={t("import.problems")}
          />
        </>
      )}
      {now.problem && (
        <>
          <Alert
            type={now.problem.code === "importing.cancelled" ? "info" : "error"}
            showIcon
            title={now.problem.detail}
          />
          <Problems problems={now.problem.problems} more={0} targets={targets} label={t("import.problems")} />
        </>
      )}
      {now.state === "failed" && <Alert type="error" showIcon title={t("common:somethingWrong")} />}
      {ended && (
        <div className="import-do">
          {now.has_wrong_rows && <Download label={t("import.wrongRows")} fetch={() => importApi.wrongRowsOf(job)} />}
          {now.state !== "done" && <Button onClick={onBack}>{t("common:back")}</Button>}
          <Button onClick={onAgain}>{t("import.another")}</Button>
          <Link className="list-new" to={`/${form.form}`}>
            {t("import.look", { form: form.label })}
          </Link>
        </div>
      )}
    </div>
  );
}
