/** What would come of a file before anything is written: how it is read, what is new, what is wrong. */
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { Alert, Button, Checkbox, Select, Spin } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/api/client";
import type { Form } from "@/api/types";
import { grouped } from "@/look/figures";
import { ProblemNote } from "@/look/ProblemNote";
import { Download } from "./Download";
import { ImportColumns } from "./ImportColumns";
import { ImportKey } from "./ImportKey";
import { Counts, Problems } from "./ImportResult";
import { BEGIN, importApi, type Options, suggestedMapping, targetsOf } from "./importing";
import { sheetsOf } from "./sheets";
import { useTold } from "./useTold";

/** The step for each new record; one by one is a question only where there is a step. */
function followedBy(step: string | null, options: Options): Partial<Options> {
  // biome-ignore lint/suspicious/noThenProperty: what the server calls it
  return { then: step, one_by_one: step !== null && options.one_by_one };
}

interface Props {
  form: Form;
  file: File;
  onBack: () => void;
  onStart: (job: string) => void;
}

/** Headers that the server does not know, as its refusal names them. */
function strangers(error: unknown): string[] | null {
  if (!(error instanceof Problem) || error.code !== "importing.headers") return null;
  const { unknown, twice } = error.body.data as { unknown?: string[]; twice?: string[] };
  return [...(unknown ?? []), ...(twice ?? [])];
}

export function ImportCheck({ form, file, onBack, onStart }: Props) {
  const { t } = useTranslation("list");
  const tell = useTold();
  const [options, setOptions] = useState<Options>(BEGIN);
  const sheets = useQuery({
    queryKey: ["sheets", file.name, file.size, file.lastModified],
    queryFn: () => sheetsOf(file),
  });
  const targets = targetsOf(form, t("system.number"));
  const preview = useQuery({
    queryKey: ["import", form.form, file.name, file.size, file.lastModified, options],
    queryFn: ({ signal }) => importApi.preview(form.form, file, options, signal),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    placeholderData: keepPreviousData,
  });
  const told = preview.data;
  const unknown = strangers(preview.error);
  // Headers that mean nothing get a suggestion at once; the reader sees and changes it below.
  const isNews = unknown?.some((header) => !(header in options.mapping)) ?? false;
  useEffect(() => {
    if (!unknown || !isNews) return;
    const fresh = unknown.filter((header) => !(header in options.mapping));
    const taken = Object.values(options.mapping).filter((key) => key !== null);
    setOptions({ ...options, mapping: { ...options.mapping, ...suggestedMapping(fresh, targets, taken) } });
  });
  const start = useMutation({
    mutationFn: () => importApi.start(form.form, file, options),
    onSuccess: (job) => onStart(job.job),
    onError: tell,
  });
  const change = (some: Partial<Options>) => setOptions({ ...options, ...some });
  const headers = [...new Set([...Object.keys(told?.columns ?? {}), ...Object.keys(options.mapping)])];
  const isBusy = preview.isFetching || isNews;
  const isReady =
    told !== undefined &&
    !preview.error &&
    !isBusy &&
    told.new + told.changed > 0 &&
    (told.wrong === 0 || options.skip_wrong);
  const mapped = new Set(Object.values(told?.columns ?? {}));
  const links = targets.filter(
    (one) => one.field?.kind === "link" && mapped.has(one.key) && one.field.link?.may_create,
  );
  const steps = form.transitions.filter(
    (one) => one.may_run && form.states[0] && one.from.includes(form.states[0].name),
  );

  return (
    <div className="import-check">
      <section className="import-side">
        <p className="import-file">
          <strong>{file.name}</strong>{" "}
          <span className="soft figure">
            {t("import.size", { size: grouped(String(Math.ceil(file.size / 1024))) })}
          </span>{" "}
          <Button type="link" size="small" onClick={onBack}>
            {t("import.other")}
          </Button>
        </p>
        {(sheets.data?.length ?? 0) > 1 && (
          <div className="import-field">
            <span>{t("import.sheet")}</span>
            <Select
              aria-label={t("import.sheet")}
              value={options.sheet || (sheets.data?.[0] ?? "")}
              options={sheets.data?.map((one) => ({ value: one, label: one })) ?? []}
              onChange={(sheet) => setOptions({ ...BEGIN, skip_wrong: options.skip_wrong, sheet })}
            />
          </div>
        )}
        <ImportKey
          options={options}
          targets={targets.filter((one) => one.lines === null && mapped.has(one.key))}
          onChange={change}
        />
        {links.length > 0 && (
          <fieldset>
            <legend>{t("import.createMissing")}</legend>
            <Checkbox.Group
              value={options.create_missing}
              options={links.map((one) => ({ value: one.key, label: one.label }))}
              onChange={(chosen) => change({ create_missing: chosen })}
            />
          </fieldset>
        )}
        {steps.length > 0 && (
          <div className="import-field">
            <span>{t("import.then")}</span>
            <Select
              aria-label={t("import.then")}
              allowClear
              value={options.then}
              placeholder={t("import.thenNothing")}
              options={steps.map((one) => ({ value: one.name, label: one.label }))}
              onChange={(step: string | null | undefined) => change(followedBy(step ?? null, options))}
            />
          </div>
        )}
        {options.then && (
          <Checkbox checked={options.one_by_one} onChange={(event) => change({ one_by_one: event.target.checked })}>
            {t("import.oneByOne")}
          </Checkbox>
        )}
        <Checkbox checked={options.skip_wrong} onChange={(event) => change({ skip_wrong: event.target.checked })}>
          {t("import.skipWrong")}
        </Checkbox>
      </section>
      <section className="import-main" aria-busy={isBusy}>
        <div className="import-counts" aria-live="polite">
          {isBusy && <Spin size="small" />}
          {isBusy && !told && <span className="soft">{t("import.checking")}</span>}
          {told && <Counts told={told} />}
        </div>
        {preview.error && !unknown && <ProblemNote error={preview.error} onRetry={() => void preview.refetch()} />}
        {unknown && !isNews && (
          <Alert
            type="warning"
            showIcon
            title={(preview.error as Problem).body.detail}
            description={t("import.headersHelp")}
          />
        )}
        {headers.length > 0 && (
          <details open={Object.keys(options.mapping).length > 0 || undefined}>
            <summary>{t("import.mapping", { count: headers.length })}</summary>
            <ImportColumns
              headers={headers}
              targets={targets}
              told={told}
              mapping={options.mapping}
              strange={unknown ?? []}
              onChange={(header, key) => change({ mapping: { ...options.mapping, [header]: key } })}
            />
          </details>
        )}
        {told && told.wrong > 0 && (
          <div className="import-wrong">
            <p>{options.skip_wrong ? t("import.skipHelp") : t("import.wrongHelp")}</p>
            <Download label={t("import.wrongRows")} fetch={() => importApi.wrongRows(form.form, file, options)} />
          </div>
        )}
        {told && (
          <Problems problems={told.problems} more={told.more_problems} targets={targets} label={t("import.problems")} />
        )}
        {told && <Problems problems={told.warnings} more={0} targets={targets} label={t("import.warnings")} />}
        {told && !isBusy && told.new + told.changed === 0 && told.wrong === 0 && (
          <Alert type="info" showIcon title={t("import.nothingToDo")} />
        )}
        <div className="import-do">
          <Button onClick={onBack}>{t("common:back")}</Button>
          <Button type="primary" disabled={!isReady} loading={start.isPending} onClick={() => start.mutate()}>
            {told ? t("import.start", { count: grouped(String(told.new + told.changed)) }) : t("common:import")}
          </Button>
        </div>
      </section>
    </div>
  );
}
