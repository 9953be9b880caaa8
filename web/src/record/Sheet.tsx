/** A record on its page: head, states, fields, lines, and what can be done with it; typed in place. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Tabs } from "antd";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useNavigate } from "react-router";
import { actionKey, api, type Cause, Problem } from "@/api/client";
import { keys, recordQuery, sessionQuery } from "@/api/queries";
import type { Field, Form, Outcome, RecordPage, Session, Values } from "@/api/types";
import type { Context } from "@/expression/functions";
import { neighbours, walkSeen } from "@/fields/walk";
import LinesGrid from "@/lines/LinesGrid";
import type { GridRow } from "@/lines/rows";
import { ProblemNote } from "@/look/ProblemNote";
import { useNarrow } from "@/look/useNarrow";
import { Actions, type Doing } from "./Actions";
import { Activity } from "./Activity";
import { Cell } from "./Cell";
import { Chain } from "./Chain";
import { type Clash, Conflict, clashesOf, settled } from "./Conflict";
import { type Command, execute, explainedQuery } from "./commands";
import { cellErrors, errorOf, placed, standing } from "./errors";
import { Files } from "./Files";
import { Head } from "./Head";
import { forget, type Kept, keepTyped, kept, placeOf } from "./keep";
import { isOpenIn } from "./path";
import { StepPanel } from "./StepPanel";
import { useBeside } from "./useBeside";
import { useLeaving } from "./useLeaving";
import { type Typing, useTyping } from "./useTyping";
import { payload, rowsOf, type Typed } from "./values";
import { type Question, Why } from "./Why";

interface Props {
  form: Form;
  /** null: a new record. */
  page: RecordPage | null;
  base: Values;
  initial: Typed;
}

const KEEP_MS = 500;
/** Effects that stay within the record: a step with no others is taken without a look at what it does. */
const QUIET = new Set(["states", "requires", "sets", "undo"]);
/** From here on there is room for rows and activity side by side. */
const WIDE = 1680;

export function Sheet({ form, page, base, initial }: Props) {
  const { t } = useTranslation("record");
  const narrow = useNarrow();
  const navigate = useNavigate();
  const location = useLocation();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const session = useQuery(sessionQuery).data ?? null;

  // Over which state of the record is typed: newer ones are taken over as long as nothing is typed.
  const [start, setStart] = useState({ page, base });
  const context = useMemo(() => contextOf(session), [session]);
  const typing = useTyping({ form, page: start.page, base: start.base, typed: initial, context });
  const { typed, shown, isDirty } = typing;
  const isTouched = Object.keys(typed).length > 0;
  if (start.page !== page && !isTouched) setStart({ page, base });
  const isBehind = start.page !== null && page !== null && start.page.version !== page.version;

  const isDeleted = Boolean(page?.deleted_at);
  const openFields = useMemo(() => openIn(form, page), [form, page]);
  const typesAtOnce = page === null || (form.kind === "document" && page.editable);
  const [isEditing, setEditing] = useState(false);
  const mayEdit = !isDeleted && openFields.size > 0;
  const isTyping = mayEdit && (typesAtOnce || isEditing || isTouched);

  // Once it is saved or thrown away, nothing of it is kept when the page goes.
  const isOver = useRef(false);
  // What was typed and not saved survives the page.
  const place = useMemo(() => keptPlace(session, form, page?.id ?? null), [session, form, page?.id]);
  const [found, setFound] = useState<Kept | null>(() => (isTouched ? null : kept(place)));
  const version = start.page?.version ?? null;
  useEffect(() => {
    if (!isDirty) return undefined;
    setFound(null);
    isOver.current = false;
    const timer = setTimeout(() => keepTyped(place, typed, version), KEEP_MS);
    return () => clearTimeout(timer);
  }, [isDirty, typed, place, version]);
  const discard = useCallback(() => {
    isOver.current = true;
    forget(place);
    typing.replace({});
    setEditing(false);
    setRefused(null);
  }, [place, typing.replace]);
  useLeaving(isDirty, () => isOver.current || keepTyped(place, typed, version));

  const hasLines = form.fields.some((one) => one.kind === "lines");
  const [isSideOpen, toggleSide] = useSide(hasLines);

  // Doing.
  const [refused, setRefused] = useState<{ problem: Problem; causes: ReturnType<typeof placed> } | null>(null);
  const [clashes, setClashes] = useState<{ clashes: Clash[]; theirs: RecordPage } | null>(null);
  const [doing, setDoing] = useState<Doing | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  const sheet = useRef<HTMLDivElement>(null);
  const acts = useRef<{ of: string; key: string }>({ of: "", key: "" });
  const run = useMutation({
    mutationFn: ({ command }: { command: Command; label: string }) => {
      // The same act again, after no answer came, is done once.
      const of = JSON.stringify(command);
      if (acts.current.of !== of) acts.current = { of, key: actionKey() };
      return execute(command, acts.current.key);
    },
    onSuccess: async (outcome, { command, label }) => {
      acts.current = { of: "", key: "" };
      await isDone(outcome, command, label);
    },
    onError: async (error, { command }) => {
      if (error instanceof Problem && error.status !== 0) acts.current = { of: "", key: "" };
      if (error instanceof Problem && error.code === "form.stale" && page) {
        const theirs = await queries.fetchQuery({ ...recordQuery(form.form, page.id), staleTime: 0 });
        setDoing(null);
        setClashes({ clashes: clashesOf(form, error.causes, start.base, theirs.values, typed), theirs });
      } else if (command.do === "create" || command.do === "update") setProblem(error);
    },
  });

  const setProblem = (error: unknown) => {
    const problem = error instanceof Problem ? error : null;
    if (!problem) return;
    setRefused({ problem, causes: placed(form, problem.causes, shown) });
    if (problem.causes.some((one) => one.field !== null)) setDoing(null);
  };
  useEffect(() => {
    if (!refused) return;
    const wrong = sheet.current?.querySelector<HTMLElement>(
      '[aria-invalid="true"], [data-wrong] input, [data-wrong] textarea',
    );
    wrong?.focus();
    wrong?.scrollIntoView({ block: "center" });
  }, [refused]);

  // Who asked to edit begins at the first field, without reaching for the mouse.
  useEffect(() => {
    if (isEditing && !narrow)
      sheet.current?.querySelector<HTMLElement>(".cell :is(input, textarea, button.ant-switch)")?.focus();
  }, [isEditing, narrow]);

  const isDone = async (outcome: Outcome, command: Command, label: string) => {
    isOver.current = true;
    forget(place);
    setRefused(null);
    setClashes(null);
    setDoing(null);
    setEditing(false);
    void queries.invalidateQueries({ queryKey: keys.lists(form.form) });
    void queries.invalidateQueries({ queryKey: keys.home });
    for (const one of outcome.created) void queries.invalidateQueries({ queryKey: keys.lists(one.form) });
    for (const one of outcome.undone) void queries.invalidateQueries({ queryKey: keys.record(one.form, one.id) });
    await queries.invalidateQueries({ queryKey: keys.record(form.form, outcome.id), refetchType: "all" });
    typing.replace({});
    const isSave = (command.do === "create" || command.do === "update") && !command.next;
    const stands = outcome.created.map((one) => `/${one.form}/${one.id}`);
    void message.success({
      content: (
        <span role="status">
          {isSave ? t("common:saved") : t("done", { what: label })}
          {stands.map((address) => (
            <Button key={address} type="link" size="small" onClick={() => navigate(address)}>
              {t("openCreated")}
            </Button>
          ))}
        </span>
      ),
      duration: stands.length > 0 ? 6 : 3,
    });
    for (const warning of outcome.warnings) void message.warning(warning.text);
    if (page === null) navigate(`/${form.form}/${outcome.id}`, { replace: true });
  };

  const saving = (next?: string, acceptWarnings = false): Command => {
    const values = payload(form, typed);
    const more = { ...(next ? { next } : {}), ...(acceptWarnings ? { acceptWarnings } : {}) };
    return start.page === null
      ? { do: "create", form: form.form, values, ...more }
      : { do: "update", form: form.form, id: start.page.id, version: start.page.version, values, ...more };
  };
  const save = (acceptWarnings = false) => {
    if (run.isPending || (!isTouched && page !== null)) return;
    run.mutate({ command: saving(undefined, acceptWarnings), label: t("common:saved") });
  };
  /** A step of the record as it is typed: saved in the same breath. What moves the book is looked at first. */
  const step = async (name: string) => {
    const declared = form.transitions.find((one) => one.name === name);
    if (!declared || run.isPending || doing) return;
    const command: Command =
      isTouched || start.page === null
        ? saving(name)
        : { do: "run", form: form.form, id: start.page.id, version: start.page.version, transition: name };
    const look = () => {
      setRefused(null);
      run.reset();
      setDoing({ command, label: declared.label, transition: name, irreversible: declared.irreversible });
    };
    if (declared.posts || declared.irreversible) return look();
    const told = await queries.fetchQuery(explainedQuery(form.form, name)).catch(() => null);
    if (!told || told.sentences.some((one) => !QUIET.has(one.effect))) look();
    else run.mutate({ command, label: declared.label });
  };
  const bin = useMutation({
    mutationFn: ({ id, expected }: { id: number; expected: number }) =>
      api.delete(`${form.form}/${id}?expected_version=${expected}`, { key: actionKey() }),
    onSuccess: async (_, { id }) => {
      isOver.current = true;
      forget(place);
      void queries.invalidateQueries({ queryKey: keys.lists(form.form) });
      typing.replace({});
      // First away from the page, so that nobody asks for what is not there any more.
      navigate(`/${form.form}`, { replace: true });
      queries.removeQueries({ queryKey: keys.record(form.form, id) });
      const key = `binned ${id}`;
      void message.success({
        key,
        duration: 8,
        content: (
          <span role="status">
            {t("binned", { title: page?.title ?? "" })}
            <Button
              type="link"
              size="small"
              onClick={() => {
                message.destroy(key);
                restore.mutate(id);
              }}
            >
              {t("undo")}
            </Button>
          </span>
        ),
      });
    },
  });
  const restore = useMutation({
    mutationFn: (id: number) => api.post<Outcome>(`${form.form}/${id}/restore`, {}, { key: actionKey() }),
    onSuccess: async (_, id) => {
      void queries.invalidateQueries({ queryKey: keys.lists(form.form) });
      await queries.invalidateQueries({ queryKey: keys.record(form.form, id) });
      navigate(`/${form.form}/${id}`, { replace: true });
    },
  });

  const errors = useMemo(() => {
    const hints = typing.hints.filter((one) => one.code !== "form.required" && isTouchedPlace(one, typed, shown));
    return [...standing(refused?.causes ?? [], shown), ...standing(placed(form, hints, shown), shown)];
  }, [form, refused, typing.hints, typed, shown]);
  const besides = useBeside(form, page?.id ?? null, shown, isTyping);
  const why = useCallback((field: Field) => setQuestion({ of: "field", field, lines: null, row: null }), []);
  const warned = refused?.problem.causes.every((one) => one.code === "form.duplicate_warning") ?? false;
  const homeless = refused ? withoutPlace(refused.problem, refused.causes) : null;
  useState(() => page && walkSeen(queries, form.form, page.id));
  const walk = page ? neighbours(form.form, page.id, (location.state as { ids?: number[] } | null)?.ids) : null;
  const body = (
    <div className="record-sheet" ref={sheet}>
      <div className="unseen" aria-live="polite">
        {errors.map((one) => one.text).join(" ")}
      </div>
      {found && (
        <Alert
          type="info"
          showIcon
          title={t("keptFound", { at: new Date(found.at).toLocaleString() })}
          action={
            <span className="note-actions">
              <Button
                size="small"
                type="primary"
                onClick={() => {
                  typing.replace(found.typed);
                  setFound(null);
                }}
              >
                {t("keptUse")}
              </Button>
              <Button
                size="small"
                onClick={() => {
                  forget(place);
                  setFound(null);
                }}
              >
                {t("keptForget")}
              </Button>
            </span>
          }
        />
      )}
      {isBehind && isTouched && (
        <Alert type="info" showIcon title={t("changedMeanwhile", { name: page?.stamps.updated_by?.title ?? "" })} />
      )}
      {isDeleted && page && (
        <Alert
          type="warning"
          showIcon
          title={t("liesInBin")}
          action={
            <Button size="small" loading={restore.isPending} onClick={() => restore.mutate(page.id)}>
              {t("restore")}
            </Button>
          }
        />
      )}
      <ProblemNote error={bin.error ?? restore.error ?? (doing ? null : run.error && !refused ? run.error : null)} />
      {homeless && <ProblemNote error={homeless} />}
      {refused && warned && (
        <Button onClick={() => save(true)} loading={run.isPending}>
          {t("saveAnyway")}
        </Button>
      )}
      {besides.record.length > 0 && (
        <dl className="beside">
          {besides.record.map((one) => (
            <div key={one.name}>
              <dt>{one.label}</dt>
              <dd>{one.text}</dd>
            </div>
          ))}
        </dl>
      )}
      <Fields
        {...{ form, page, typing, isTyping, openFields, errors, why }}
        besides={besides.rows}
        onQuestion={setQuestion}
      />
      {page && <Chain form={form} page={page} />}
    </div>
  );
  const hasSide = page !== null && !form.singleton;
  const side = page && hasSide && (isSideOpen || narrow) && (
    <aside className="record-side" id="record-side">
      <Tabs
        size="small"
        items={[
          { key: "activity", label: t("activity"), children: <Activity form={form} id={page.id} /> },
          { key: "files", label: t("files"), children: <Files form={form.form} id={page.id} /> },
        ]}
      />
    </aside>
  );
  return (
    <div className={narrow ? "record narrow" : "record"}>
      <Head form={form} page={page} shown={shown} walk={walk} isDirty={isDirty}>
        <Actions
          {...{ form, page, isDirty, isTouched, typesAtOnce, mayEdit, narrow }}
          isSideOpen={hasSide && !narrow ? isSideOpen : null}
          onSide={toggleSide}
          isEditing={isTyping}
          isBusy={run.isPending || bin.isPending}
          onSave={() => save()}
          onStep={(name) => void step(name)}
          onEdit={() => setEditing(true)}
          onDiscard={discard}
          onDo={(next) => {
            run.reset();
            setDoing(next);
          }}
          onBin={() => page && bin.mutate({ id: page.id, expected: page.version })}
        />
      </Head>
      <div className="record-body">
        {body}
        {side}
      </div>
      {doing && (
        <StepPanel
          command={doing.command}
          label={doing.label}
          form={form.form}
          {...(doing.transition ? { transition: doing.transition } : {})}
          isIrreversible={doing.irreversible ?? null}
          isBusy={run.isPending}
          error={run.error}
          onConfirm={(command) => run.mutate({ command, label: doing.label })}
          onClose={() => setDoing(null)}
          onFigure={(account, at) => setQuestion({ of: "account", account, at })}
        />
      )}
      {clashes && (
        <Conflict
          clashes={clashes.clashes}
          theirs={clashes.theirs}
          onClose={() => setClashes(null)}
          onSettled={(theirs) => {
            const rest = settled(typed, clashes.clashes, theirs);
            typing.replace(rest);
            setStart({ page: clashes.theirs, base: clashes.theirs.values });
            setClashes(null);
            const values = payload(form, rest);
            if (Object.keys(values).length === 0) return discard();
            const { id, version: now } = clashes.theirs;
            run.mutate({
              command: { do: "update", form: form.form, id, version: now, values },
              label: t("common:saved"),
            });
          }}
        />
      )}
      {question && (
        <Why
          form={form}
          id={page?.id ?? null}
          values={shown}
          question={question}
          onAsk={setQuestion}
          onClose={() => setQuestion(null)}
        />
      )}
    </div>
  );
}

interface FieldsProps {
  form: Form;
  page: RecordPage | null;
  typing: Typing;
  isTyping: boolean;
  openFields: ReadonlySet<string>;
  errors: ReturnType<typeof placed>;
  besides: Record<string, ReturnType<typeof useBeside>["rows"][string]>;
  why: (field: Field) => void;
  onQuestion: (question: Question) => void;
}

function Fields({ form, page, typing, isTyping, openFields, errors, besides, why, onQuestion }: FieldsProps) {
  const { t } = useTranslation("record");
  const { shown, set, setRows, stateOf } = typing;
  const byName = new Map(form.fields.map((one) => [one.name, one]));
  const narrow = useNarrow();
  // On a phone the keyboard would cover half of what is to be seen first.
  let isFirst = page === null && !narrow;
  return form.sections.map((section, at) => {
    const fields = section.fields.flatMap((name) => {
      const field = byName.get(name);
      // What documents add up later says nothing about a record that is only being made.
      return field && stateOf(name).visible && !(page === null && field.meter) ? [field] : [];
    });
    if (fields.length === 0) return null;
    const cells = fields.filter((one) => one.kind !== "lines");
    const lines = fields.filter((one) => one.kind === "lines");
    return (
      <section key={section.label ?? `rest ${String(at)}`} className="record-section">
        {section.label && <h2>{section.label}</h2>}
        {cells.length > 0 && (
          <div className="cells">
            {cells.map((field) => {
              const own = stateOf(field.name);
              const state = { ...own, editable: own.editable && openFields.has(field.name) };
              const autoFocus = isFirst && isTyping && state.editable;
              if (autoFocus) isFirst = false;
              return (
                <Cell
                  key={field.name}
                  field={field}
                  value={shown[field.name]}
                  state={state}
                  isEditing={isTyping}
                  error={errorOf(errors, field.name)}
                  onChange={set}
                  onWhy={why}
                  autoFocus={autoFocus}
                />
              );
            })}
          </div>
        )}
        {lines.map((field) => {
          const wrong = errorOf(errors, field.name);
          return (
            <div key={field.name} className="record-lines" data-wrong={wrong ? true : undefined}>
              {lines.length + cells.length > 1 || section.label !== field.label ? <h3>{field.label}</h3> : null}
              <LinesGrid
                form={form}
                field={field}
                rows={rowsOf(shown, field.name)}
                onChange={(rows: GridRow[]) => setRows(field, rows)}
                readOnly={!isTyping || !openFields.has(field.name)}
                errors={cellErrors(errors, field.name, shown)}
                besides={besides[field.name] ?? []}
                values={shown}
                stateOf={(column, row) => {
                  const own = stateOf(column.name, field.name, row.key);
                  return { ...own, editable: own.editable && openFields.has(`${field.name}.${column.name}`) };
                }}
                isTyped={(row, column) => isTypedIn(typing.typed, field.name, row.key, column)}
                {...(page
                  ? {
                      onWhy: (column: Field, row: GridRow) =>
                        onQuestion({ of: "field", field: column, lines: field, row }),
                    }
                  : {})}
              />
              {wrong && (
                <p className="wrong" role="alert">
                  {t("linesWrong", { text: wrong })}
                </p>
              )}
            </div>
          );
        })}
      </section>
    );
  });
}

/** Whether activity and files stand beside the record: rows need the room more than they do. Kept in this browser. */
function useSide(hasLines: boolean): [boolean, () => void] {
  const place = `onebook.side.${hasLines ? "rows" : "plain"}`;
  const [isOpen, setOpen] = useState(
    () => (localStorage.getItem(place) ?? (!hasLines || window.innerWidth >= WIDE ? "open" : "closed")) === "open",
  );
  const toggle = () => {
    localStorage.setItem(place, isOpen ? "closed" : "open");
    setOpen(!isOpen);
  };
  return [isOpen, toggle];
}

/** The fields, and the columns of lines, that may be changed in the state that the record is in. */
function openIn(form: Form, page: RecordPage | null): ReadonlySet<string> {
  const state = page === null ? form.states[0]?.name : page.state;
  const may = page === null ? form.rights.create !== "none" : form.rights.update !== "none";
  const found = new Set<string>();
  // The server says whether this very record may be changed; what stays open longer than its state is the rights' alone.
  const isOpen = (lockedAfter: string | null) =>
    may && (lockedAfter === null ? (page?.editable ?? true) : isOpenIn(form, state, lockedAfter));
  for (const field of form.fields) {
    if (isOpen(field.locked_after)) found.add(field.name);
    for (const column of field.fields ?? []) {
      if (isOpen(column.locked_after ?? field.locked_after)) {
        found.add(`${field.name}.${column.name}`);
        found.add(field.name);
      }
    }
  }
  return found;
}

function contextOf(session: Session | null): Context {
  const now = new Date();
  const zone = session?.company?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  return {
    today: dayIn(zone, now),
    now: BigInt(now.getTime()) * 1000n,
    zone,
    me: session?.user?.id ?? null,
    department: undefined,
    departments: null,
    colleagues: null,
    roles: new Set(session?.user?.roles ?? []),
  };
}

/** The day in a time zone, as `2026-11-21`. */
function dayIn(zone: string, now: Date): string {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
  const found = Object.fromEntries(parts.formatToParts(now).map((one) => [one.type, one.value]));
  return `${found.year}-${found.month}-${found.day}`;
}

function keptPlace(session: Session | null, form: Form, id: number | null): string {
  return placeOf({ company: session?.company?.id ?? 0, user: session?.user?.id ?? 0 }, form.form, id);
}

/** Whether somebody typed what stands in a cell; what is only computed follows its default. */
function isTypedIn(typed: Typed, lines: string, key: string, column: string): boolean {
  const rows = typed[lines];
  const row = Array.isArray(rows) ? (rows as GridRow[]).find((one) => one.key === key) : undefined;
  return row?.[column] !== undefined;
}

/** Whether somebody typed where a problem is: nobody is told of fields that they have not reached yet. */
function isTouchedPlace(problem: Pick<Cause, "field" | "row">, typed: Typed, shown: Values): boolean {
  const [name = "", column] = (problem.field ?? "").split(".");
  const given = typed[name];
  if (problem.row === null || !column) return given !== undefined && !Array.isArray(given);
  const key = rowsOf(shown, name)[problem.row - 1]?.key;
  const row = Array.isArray(given) ? (given as GridRow[]).find((one) => one.key === key) : undefined;
  return row?.[column] !== undefined;
}

/** The refusal with those causes that no field on the page shows; null if every cause has its place. */
function withoutPlace(problem: Problem, causes: ReturnType<typeof placed>): Problem | null {
  if (problem.body.problems.length === 0) return problem;
  const rest = problem.body.problems.filter((one) => !causes.some((placed) => placed.text === one.text));
  return rest.length > 0 ? new Problem({ ...problem.body, problems: rest }) : null;
}
