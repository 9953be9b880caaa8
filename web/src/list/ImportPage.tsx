/** Records out of a file: choose it, see what would come of it, then do it; what is wrong comes back as a file. */
import { DownloadOutlined, InboxOutlined } from "@ant-design/icons";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Checkbox, Progress, Radio, Select, Skeleton, Spin, Steps } from "antd";
import { type DragEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { keep, Problem } from "@/api/client";
import { formQuery, keys } from "@/api/queries";
import type { Form } from "@/api/types";
import { grouped } from "@/look/figures";
import { ProblemNote } from "@/look/ProblemNote";
import { useNarrow } from "@/look/useNarrow";
import {
  BEGIN,
  importApi,
  isOver,
  type Options,
  percentOf,
  type RowProblem,
  suggestedMapping,
  type Target,
  type Told,
  targetsOf,
} from "./importing";
import { sheetsOf } from "./sheets";
import "./list.css";
import "./import.css";

const POLL_MS = 500;

export default function ImportPage() {
  const { form: name = "" } = useParams();
  const { t } = useTranslation("list");
  const form = useQuery(formQuery(name));
  if (form.error)
    return (
      <div className="import-page">
        <ProblemNote error={form.error} onRetry={() => void form.refetch()} />
      </div>
    );
  if (!form.data)
    return (
      <div className="import-page">
        <Skeleton active />
      </div>
    );
  if (!form.data.rights.import)
    return (
      <div className="import-page">
        <Alert type="info" showIcon title={t("import.notAllowed", { form: form.data.label })} />
      </div>
    );
  return <Wizard key={name} form={form.data} />;
}

function Wizard({ form }: { form: Form }) {
  const { t } = useTranslation("list");
  const isNarrow = useNarrow();
  const [file, setFile] = useState<File | null>(null);
  const [job, setJob] = useState<string | null>(null);
  const [isDone, setDone] = useState(false);
  const place = isDone ? 3 : job ? 2 : file ? 1 : 0;
  const again = () => {
    setFile(null);
    setJob(null);
    setDone(false);
  };
  return (
    <div className="import-page">
      <header className="list-head">
        <h1>{t("import.title", { form: form.label })}</h1>
        <span className="list-space" />
        <Link to={`/${form.form}`}>{t("leaveBin")}</Link>
      </header>
      <Steps
        size="small"
        current={place}
        orientation="horizontal"
        responsive={false}
        titlePlacement={isNarrow ? "vertical" : "horizontal"}
        items={["file", "check", "run", "result"].map((step) => ({ title: t(`import.step.${step}`) }))}
      />
      {!file && <ChooseFile form={form} onFile={setFile} />}
      {file && !job && <Check form={form} file={file} onBack={() => setFile(null)} onStart={setJob} />}
      {file && job && (
        <Run form={form} job={job} onDone={() => setDone(true)} onAgain={again} onBack={() => setJob(null)} />
      )}
    </div>
  );
}

/** The step for each new record; one by one is a question only where there is a step. */
function followedBy(step: string | null, options: Options): Partial<Options> {
  // biome-ignore lint/suspicious/noThenProperty: what the server calls it
  return { then: step, one_by_one: step !== null && options.one_by_one };
}

function useTold(): (error: unknown) => void {
  const { t } = useTranslation();
  const { message } = App.useApp();
  return (error) =>
    void message.error(error instanceof Problem && error.body.detail ? error.body.detail : t("somethingWrong"));
}

function ChooseFile({ form, onFile }: { form: Form; onFile: (file: File) => void }) {
  const { t } = useTranslation("list");
  const tell = useTold();
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const template = useMutation({ mutationFn: () => importApi.template(form.form), onSuccess: keep, onError: tell });
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) onFile(file);
  };
  return (
    <div className="import-choose">
      <button
        type="button"
        className={isOver ? "import-drop is-over" : "import-drop"}
        onClick={() => input.current?.click()}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <InboxOutlined aria-hidden="true" />
        <strong>{t("import.drop")}</strong>
        <span className="soft">{t("import.kinds")}</span>
      </button>
      <input
        ref={input}
        type="file"
        className="unseen"
        tabIndex={-1}
        accept=".xlsx,.xls,.csv,.txt"
        aria-label={t("import.drop")}
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          if (chosen) onFile(chosen);
        }}
      />
      <section>
        <h2>{t("import.noFile")}</h2>
        <p className="soft">{t("import.templateHelp")}</p>
        <Button
          icon={<DownloadOutlined aria-hidden="true" />}
          loading={template.isPending}
          onClick={() => template.mutate()}
        >
          {t("import.template")}
        </Button>
      </section>
    </div>
  );
}

interface CheckProps {
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

function Check({ form, file, onBack, onStart }: CheckProps) {
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
  const wrong = useMutation({
    mutationFn: () => importApi.wrongRows(form.form, file, options),
    onSuccess: keep,
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
        <KeyChoice
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
            <Mapping
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
            <Button
              icon={<DownloadOutlined aria-hidden="true" />}
              loading={wrong.isPending}
              onClick={() => wrong.mutate()}
            >
              {t("import.wrongRows")}
            </Button>
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

function KeyChoice({
  options,
  targets,
  onChange,
}: {
  options: Options;
  targets: Target[];
  onChange: (some: Partial<Options>) => void;
}) {
  const { t } = useTranslation("list");
  const way = options.key === null ? "auto" : options.key.length === 0 ? "new" : "by";
  return (
    <fieldset>
      <legend>{t("import.key")}</legend>
      <Radio.Group
        className="import-ways"
        value={way}
        onChange={(event) => {
          const first = targets[0];
          onChange({
            key: event.target.value === "auto" ? null : event.target.value === "new" || !first ? [] : [first.key],
          });
        }}
        options={[
          { value: "auto", label: t("import.keyAuto") },
          { value: "new", label: t("import.keyNew") },
          { value: "by", label: t("import.keyBy"), disabled: targets.length === 0 },
        ]}
      />
      {way === "by" && (
        <Select
          mode="multiple"
          aria-label={t("import.keyBy")}
          value={options.key ?? []}
          options={targets.map((one) => ({ value: one.key, label: one.label }))}
          onChange={(key: string[]) => {
            if (key.length > 0) onChange({ key });
          }}
        />
      )}
    </fieldset>
  );
}

const COUNTS = ["new", "changed", "unchanged", "wrong"] as const;

function Counts({ told }: { told: Told }) {
  const { t } = useTranslation("list");
  return (
    <dl className="counts">
      {COUNTS.map((one) => (
        <div key={one} className={one === "wrong" && told.wrong > 0 ? "is-wrong" : undefined}>
          <dt>{t(`import.count.${one}`)}</dt>
          <dd className="figure">{grouped(String(told[one]))}</dd>
        </div>
      ))}
    </dl>
  );
}

interface MappingProps {
  headers: string[];
  targets: Target[];
  told: Told | undefined;
  mapping: Record<string, string | null>;
  strange: string[];
  onChange: (header: string, key: string | null) => void;
}

const LEFT_OUT = "";

function Mapping({ headers, targets, told, mapping, strange, onChange }: MappingProps) {
  const { t } = useTranslation("list");
  const keyOf = (header: string) =>
    header in mapping ? (mapping[header] ?? LEFT_OUT) : (told?.columns[header] ?? LEFT_OUT);
  return (
    <table className="mapping">
      <thead>
        <tr>
          <th scope="col">{t("import.header")}</th>
          <th scope="col">{t("import.goesTo")}</th>
        </tr>
      </thead>
      <tbody>
        {headers.map((header) => (
          <tr key={header} className={strange.includes(header) ? "is-strange" : undefined}>
            <td>{header}</td>
            <td>
              <Select
                size="small"
                aria-label={t("import.goesToOf", { header })}
                showSearch={{ optionFilterProp: "label" }}
                status={keyOf(header) === LEFT_OUT || strange.includes(header) ? "warning" : ""}
                value={keyOf(header)}
                options={[
                  { value: LEFT_OUT, label: t("import.leaveOut") },
                  ...targets.map((one) => ({ value: one.key, label: one.label })),
                ]}
                onChange={(key: string) => onChange(header, key === LEFT_OUT ? null : key)}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Problems({
  problems,
  more,
  targets,
  label,
}: {
  problems: RowProblem[];
  more: number;
  targets: Target[];
  label: string;
}) {
  const { t } = useTranslation("list");
  if (problems.length === 0) return null;
  const nameOf = (field: string | null) =>
    field === null ? "" : (targets.find((one) => one.key === field)?.label ?? field);
  return (
    <section className="import-problems">
      <h2>{label}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reached by the keyboard */}
      <section className="import-scroll" tabIndex={0} aria-label={label}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("import.row")}</th>
              <th scope="col">{t("field")}</th>
              <th scope="col">{t("import.reason")}</th>
            </tr>
          </thead>
          <tbody>
            {problems.map((one) => (
              <tr key={`${one.row} ${one.field} ${one.code} ${one.text}`}>
                <td className="figure">{one.row ?? ""}</td>
                <td>{nameOf(one.field)}</td>
                <td>{one.text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {more > 0 && <p className="soft">{t("import.moreProblems", { count: more })}</p>}
    </section>
  );
}

interface RunProps {
  form: Form;
  job: string;
  onDone: () => void;
  onAgain: () => void;
  onBack: () => void;
}

function Run({ form, job, onDone, onAgain, onBack }: RunProps) {
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
  const wrong = useMutation({ mutationFn: () => importApi.wrongRowsOf(job), onSuccess: keep, onError: tell });
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
          {now.has_wrong_rows && (
            <Button
              icon={<DownloadOutlined aria-hidden="true" />}
              loading={wrong.isPending}
              onClick={() => wrong.mutate()}
            >
              {t("import.wrongRows")}
            </Button>
          )}
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
