/** What is done with a record: saved, taken through a step, put into the bin; and what came of it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { actionKey, api, type Cause, Problem } from "@/api/client";
import { keys, recordQuery } from "@/api/queries";
import type { Form, Outcome, RecordPage, Values } from "@/api/types";
import { useMessage } from "@/look/messages";
import type { Doing } from "./Actions";
import { type Clash, clashesOf, settled } from "./Conflict";
import { type Command, execute, explainedQuery } from "./commands";
import { type Placed, placed } from "./errors";
import type { Typing } from "./useTyping";
import { payload, type Typed } from "./values";

/** Over which state of the record is typed. */
export interface Start {
  page: RecordPage | null;
  base: Values;
}

interface Given {
  form: Form;
  page: RecordPage | null;
  start: Start;
  typing: Typing;
  /** The step that it is typed for: saving takes it. */
  amends: string | null;
  /** Nothing of what was typed has to be kept any more. */
  onEnd: () => void;
  /** It is saved: nobody is editing now. */
  onSaved: () => void;
  onAmend: (step: string | null) => void;
  onRestart: (start: Start) => void;
}

/** Effects that stay within the record: a step with no others is taken without a look at what it does. */
const QUIET = new Set(["states", "requires", "sets", "edits", "undo"]);
/** Of a refusal: both changed this. */
const CLASH = "form.changed_by_other";
const UNDO_SECONDS = 8;

export function useActing({ form, page, start, typing, amends, onEnd, onSaved, onAmend, onRestart }: Given) {
  const { t } = useTranslation("record");
  const navigate = useNavigate();
  const queries = useQueryClient();
  const message = useMessage();
  const { typed, shown } = typing;
  const isTouched = Object.keys(typed).length > 0;
  const [refused, setRefused] = useState<{ problem: Problem; causes: Placed[] } | null>(null);
  const [clashes, setClashes] = useState<{ clashes: Clash[]; theirs: RecordPage } | null>(null);
  const [doing, setDoing] = useState<Doing | null>(null);
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
      if (error instanceof Problem && error.code === "form.stale") await meet(error.causes);
      else if (command.do === "create" || command.do === "update") isRefused(error);
    },
  });

  /** Somebody else changed the same: what each of them says is put side by side. What only stands in the way of a step is said where it was asked for. */
  const meet = async (causes: readonly Cause[]) => {
    if (!page) return;
    const theirs = await queries.fetchQuery({ ...recordQuery(form.form, page.id), staleTime: 0 });
    if (causes.every((one) => one.code !== CLASH)) return;
    setDoing(null);
    setClashes({ clashes: clashesOf(form, causes, start.base, theirs.values, typed), theirs });
  };

  /** The step is looked at again, of the record as it is now. */
  const again = async () => {
    if (!page || doing?.command.do !== "run") return;
    const { version } = await queries.fetchQuery({ ...recordQuery(form.form, page.id), staleTime: 0 });
    run.reset();
    setDoing({ ...doing, command: { ...doing.command, version } });
  };

  const isRefused = (error: unknown) => {
    if (!(error instanceof Problem)) return;
    setRefused({ problem: error, causes: placed(form, error.causes, shown) });
    if (error.causes.some((one) => one.field !== null)) setDoing(null);
  };

  const isDone = async (outcome: Outcome, command: Command, label: string) => {
    onEnd();
    setRefused(null);
    setClashes(null);
    setDoing(null);
    onSaved();
    void queries.invalidateQueries({ queryKey: keys.lists(form.form) });
    void queries.invalidateQueries({ queryKey: keys.home });
    if (outcome.flow) void queries.invalidateQueries({ queryKey: keys.flows });
    for (const one of outcome.created) void queries.invalidateQueries({ queryKey: keys.lists(one.form) });
    for (const one of outcome.undone) void queries.invalidateQueries({ queryKey: keys.record(one.form, one.id) });
    await queries.invalidateQueries({ queryKey: keys.record(form.form, outcome.id), refetchType: "all" });
    typing.replace({});
    onAmend(null);
    const isSave = (command.do === "create" || command.do === "update") && !command.next;
    const stands = outcome.created.map((one) => `/${one.form}/${one.id}`);
    void message.success({
      content: (
        <span role="status">
          {outcome.flow ? t("flow:submittedFor") : isSave ? t("common:saved") : t("done", { what: label })}
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

  /** Field by field it was said whose value stands: what is left of one's own is saved over theirs. */
  const settle = (choices: ReadonlySet<string>) => {
    if (!clashes) return;
    const { theirs } = clashes;
    const rest: Typed = settled(typed, clashes.clashes, choices);
    typing.replace(rest);
    onRestart({ page: theirs, base: theirs.values });
    setClashes(null);
    const values = payload(form, rest);
    if (Object.keys(values).length === 0) return leave();
    const command: Command = { do: "update", form: form.form, id: theirs.id, version: theirs.version, values };
    const declared = form.transitions.find((one) => one.name === amends);
    // What a step opened is saved with that step only, and looked at anew: it stands on other values now.
    if (declared) {
      const { name, label, irreversible } = declared;
      setDoing({ command: { ...command, next: name }, label, transition: name, irreversible });
    } else run.mutate({ command, label: t("common:saved") });
  };
  const leave = () => {
    onEnd();
    typing.replace({});
    onAmend(null);
    onSaved();
    setRefused(null);
  };
  /** Nothing of what was typed holds; a slip of the hand is taken back. */
  const discard = () => {
    leave();
    if (!isTouched) return;
    tellUndo("discarded", t("discarded"), () => {
      onAmend(amends);
      typing.replace(typed);
    });
  };
  const tellUndo = (key: string, text: string, undo: () => void) =>
    void message.success({
      key,
      duration: UNDO_SECONDS,
      content: (
        <span role="status">
          {text}
          <Button
            type="link"
            size="small"
            onClick={() => {
              message.destroy(key);
              undo();
            }}
          >
            {t("undo")}
          </Button>
        </span>
      ),
    });

  const bin = useMutation({
    mutationFn: ({ id, expected }: { id: number; expected: number }) =>
      api.delete(`${form.form}/${id}?expected_version=${expected}`, { key: actionKey() }),
    onSuccess: async (_, { id }) => {
      onEnd();
      void queries.invalidateQueries({ queryKey: keys.lists(form.form) });
      typing.replace({});
      // First away from the page, so that nobody asks for what is not there any more.
      navigate(`/${form.form}`, { replace: true });
      queries.removeQueries({ queryKey: keys.record(form.form, id) });
      tellUndo(`binned ${id}`, t("binned", { title: page?.title ?? "" }), () => restore.mutate(id));
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

  return { run, bin, restore, refused, clashes, setClashes, meet, again, doing, setDoing, save, step, settle, discard };
}
