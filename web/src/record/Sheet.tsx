/** A record on its page: head, states, fields, lines, and what can be done with it; typed in place. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Tabs } from "antd";
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "react-router";
import { sessionQuery } from "@/api/queries";
import type { Field, Form, RecordPage, Values } from "@/api/types";
import { neighbours, walkSeen } from "@/fields/walk";
import { FlowBar } from "@/flow/FlowBar";
import { useNarrow } from "@/look/useNarrow";
import { useSteady } from "@/look/useSteady";
import { Activity } from "@/talk/Activity";
import { Files } from "@/talk/Files";
import { Actions, type Doing } from "./Actions";
import { AmendActions, AmendNote } from "./Amending";
import { Chain } from "./Chain";
import { Conflict } from "./Conflict";
import { contextOf, keptPlace } from "./context";
import { isTouchedPlace, placed, standing, withoutPlace } from "./errors";
import { Fields } from "./Fields";
import { Head } from "./Head";
import { Notes } from "./Notes";
import { openIn, opensMore } from "./open";
import { StepPanel } from "./StepPanel";
import { type Start, useActing } from "./useActing";
import { useBeside } from "./useBeside";
import { useKeeping } from "./useKeeping";
import { useSide } from "./useSide";
import { useTyping } from "./useTyping";
import type { Typed } from "./values";
import { type Question, Why } from "./Why";

const Way = lazy(() => import("./Way"));

interface Props {
  form: Form;
  /** null: a new record. */
  page: RecordPage | null;
  base: Values;
  initial: Typed;
}

export function Sheet({ form, page, base, initial }: Props) {
  const { t } = useTranslation("record");
  const narrow = useNarrow();
  const location = useLocation();
  const queries = useQueryClient();
  const session = useQuery(sessionQuery).data ?? null;

  // Over which state of the record is typed: newer ones are taken over as long as nothing is typed.
  const [start, setStart] = useState<Start>({ page, base });
  const context = useMemo(() => contextOf(session), [session]);
  // A step that opens more of the record than stands open: it is typed for that step, until it is taken or left.
  const [amends, setAmends] = useState<string | null>(null);
  const amended = form.transitions.find((one) => one.name === amends) ?? null;
  const typing = useTyping({ form, page: start.page, base: start.base, typed: initial, step: amends, context });
  const { typed, shown, isDirty } = typing;
  const isTouched = Object.keys(typed).length > 0;
  if (start.page !== page && !isTouched) setStart({ page, base });
  const mayTake = (name: string) => page?.transitions.some((one) => one.name === name && one.is_allowed) ?? false;
  if (amends !== null && !isTouched && !mayTake(amends)) setAmends(null);
  const isBehind = start.page !== null && page !== null && start.page.version !== page.version;

  const isDeleted = Boolean(page?.deleted_at);
  const open = useMemo(() => openIn(form, page, amended?.edits), [form, page, amended]);
  const typesAtOnce = page === null || (form.kind === "document" && page.editable);
  const [isEditing, setEditing] = useState(false);
  const mayEdit = !isDeleted && open.fields.size > 0;
  const isTyping = mayEdit && (typesAtOnce || isEditing || isTouched || amended !== null);

  const place = useMemo(() => keptPlace(session, form, page?.id ?? null), [session, form, page?.id]);
  const keeping = useKeeping(place, typing, start.page?.version ?? null, amends);
  const kept = keeping.found && (!keeping.found.step || mayTake(keeping.found.step)) ? keeping.found : null;
  const acting = useActing({
    form,
    page,
    start,
    typing,
    amends,
    onEnd: keeping.end,
    onSaved: () => setEditing(false),
    onAmend: setAmends,
    onRestart: setStart,
  });
  const { run, bin, restore, refused, clashes, doing, setDoing } = acting;
  const [question, setQuestion] = useState<Question | null>(null);

  const sheet = useRef<HTMLDivElement>(null);
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
    if ((isEditing || amends !== null) && !narrow)
      sheet.current?.querySelector<HTMLElement>(".cell :is(input, textarea, button.ant-switch)")?.focus();
  }, [isEditing, amends, narrow]);

  const errors = useMemo(() => {
    const hints = typing.hints.filter((one) => one.code !== "form.required" && isTouchedPlace(one, typed, shown));
    return [...standing(refused?.causes ?? [], shown), ...standing(placed(form, hints, shown), shown)];
  }, [form, refused, typing.hints, typed, shown]);
  const besides = useBeside(form, page?.id ?? null, shown, isTyping);
  const why = useCallback((field: Field) => setQuestion({ of: "field", field, lines: null, row: null }), []);
  const warned = refused?.problem.causes.every((one) => one.code === "form.duplicate_warning") ?? false;
  const homeless = refused ? withoutPlace(refused.problem, refused.causes) : null;

  useState(() => page && walkSeen(queries, form.form, page.id));
  const walk = useMemo(
    () => (page ? neighbours(form.form, page.id, (location.state as { ids?: number[] } | null)?.ids) : null),
    [form.form, page, location.state],
  );
  const [isSideOpen, toggleSide] = useSide(form.fields.some((one) => one.kind === "lines"));
  // Drawn anew only when something about them changes, not with every key.
  const does = useSteady({
    onSave: () => acting.save(),
    onStep: (name: string) => {
      const step = form.transitions.find((one) => one.name === name);
      if (step && page !== null && name !== amends && opensMore(form, step, open)) setAmends(name);
      else void acting.step(name);
    },
    onEdit: () => setEditing(true),
    onSide: toggleSide,
    onDiscard: acting.discard,
    onDo: (next: Doing) => {
      run.reset();
      setDoing(next);
    },
    onBin: () => page && bin.mutate({ id: page.id, expected: page.version }),
  });

  const hasSide = page !== null && !form.singleton;
  const id = page?.id ?? null;
  const isSideShown = hasSide && (isSideOpen || narrow);
  const side = useMemo(
    () =>
      isSideShown &&
      id !== null && (
        <aside className="record-side" id="record-side">
          <Tabs
            size="small"
            items={[
              { key: "activity", label: t("activity"), children: <Activity form={form} id={id} /> },
              { key: "files", label: t("files"), children: <Files form={form.form} id={id} /> },
            ]}
          />
        </aside>
      ),
    [isSideShown, form, id, t],
  );
  return (
    <div className={narrow ? "record narrow" : "record"}>
      <Head form={form} page={page} shown={shown} walk={walk} isDirty={isDirty}>
        {amended ? (
          <AmendActions
            step={amended}
            narrow={narrow}
            isBusy={run.isPending}
            onStep={does.onStep}
            onCancel={does.onDiscard}
          />
        ) : (
          <Actions
            {...{ form, page, isDirty, typesAtOnce, mayEdit, narrow }}
            isSideOpen={hasSide && !narrow ? isSideOpen : null}
            isEditing={isTyping}
            isBusy={run.isPending || bin.isPending}
            {...does}
          />
        )}
      </Head>
      <div className="record-body">
        <div className="record-sheet" ref={sheet}>
          <div className="unseen" aria-live="polite">
            {errors.map((one) => one.text).join(" ")}
          </div>
          {page?.flow && <FlowBar flow={page.flow} isDirty={isDirty} />}
          {amended && <AmendNote form={form} step={amended} />}
          <Notes
            kept={
              kept && {
                found: kept,
                use: () => {
                  setAmends(kept.step ?? null);
                  keeping.use();
                },
                refuse: keeping.refuse,
              }
            }
            changedBy={isBehind && isTouched ? (page?.stamps.updated_by?.title ?? "") : null}
            bin={isDeleted && page ? { isRestoring: restore.isPending, restore: () => restore.mutate(page.id) } : null}
            isBehind={typing.isBehind}
            problems={[
              bin.error ?? restore.error ?? (doing ? null : run.error && !refused ? run.error : null),
              homeless,
            ].filter((one) => one !== null)}
            saveAnyway={refused && warned ? { isBusy: run.isPending, save: () => acting.save(true) } : null}
          />
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
            {...{ form, page, typing, isTyping, open, errors, why }}
            besides={besides.rows}
            onQuestion={setQuestion}
          />
          {page && !form.is_lot && <Chain form={form} page={page} />}
          {page && form.is_lot && (
            <Suspense>
              <Way form={form.form} id={page.id} />
            </Suspense>
          )}
        </div>
        {side}
      </div>
      {keeping.question}
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
          onStale={acting.meet}
          onAgain={() => void acting.again()}
          onFigure={(account, at) => setQuestion({ of: "account", account, at })}
        />
      )}
      {clashes && <Conflict {...clashes} onClose={() => acting.setClashes(null)} onSettled={acting.settle} />}
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
