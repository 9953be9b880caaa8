/** A record being typed: what somebody touched, what follows from it, and what is wrong with it so far. */
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import { api, type Cause } from "@/api/client";
import type { Field, Form, Packs, RecordPage, Value, Values } from "@/api/types";
import { Computation, type FieldState, type LinkedAnswer } from "@/computation/computation";
import type { Context } from "@/expression/functions";
import type { GridRow } from "@/lines/rows";
import { extras } from "./commands";
import { isChanged, keyed, payload, rowsOf, type Typed, touchedRows } from "./values";

export interface Drafted {
  values: Values;
  problems: Omit<Cause, "data">[];
}

/** After the last key: what only the server computes comes while the eye still travels. */
const PAUSE_MS = 400;

/** A long record is a long question: it waits a little longer, so that it does not come between two keys. */
function pauseFor(typed: Typed): number {
  const rows = Object.values(typed).reduce<number>((sum, one) => sum + (Array.isArray(one) ? one.length : 0), 0);
  return PAUSE_MS + Math.min(rows, 1_000);
}

/** What the server did not answer it is asked again after this. */
const AGAIN_MS = 5_000;

interface Start {
  form: Form;
  /** The stored record; null for a new one. */
  page: RecordPage | null;
  /** What stands there without anything typed: the stored values, or the defaults of a new record. */
  base: Values;
  typed: Typed;
  /** The step that is to follow, which lets more of a stored record be changed. */
  step: string | null;
  /** Who types, and what day it is. */
  context: Context;
}

export interface Typing {
  typed: Typed;
  shown: Values;
  isDirty: boolean;
  /** What is wrong with what was typed so far. */
  hints: Drafted["problems"];
  /** The server could not be asked what follows: figures may be missing until it answers again. */
  isBehind: boolean;
  stateOf: (name: string, lines?: string, key?: string) => FieldState;
  packsOf: (name: string, lines: string, key: string) => Packs | null;
  set: (field: Field, value: Value) => void;
  setRows: (field: Field, rows: GridRow[]) => void;
  /** Put these typed values in place of all that were typed. */
  replace: (typed: Typed) => void;
}

export function useTyping({ form, page, base, typed: initial, step, context }: Start): Typing {
  const [typed, setTyped] = useState<Typed>(initial);
  const [told, setTold] = useState(0);
  const [hints, setHints] = useState<Drafted["problems"]>([]);
  const id = page?.id ?? null;
  const [again, askAgain] = useReducer((times: number) => times + 1, 0);
  // What the server said of typed values says nothing of the record once they are taken back.
  const isDrafted = useRef(false);
  const [begun, beginAnew] = useReducer((times: number) => times + 1, 0);
  const [isUnlinked, setUnlinked] = useState(false);
  const [isUndrafted, setUndrafted] = useState(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: begun anew without anything that was said since
  const computation = useMemo(
    () =>
      new Computation(form, context, {
        values: base,
        isNew: page === null,
        ...(page ? { id: page.id, state: page.state ?? null, number: page.number ?? null, stamps: page.stamps } : {}),
      }),
    [form, context, base, page, begun],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the server told changes what the same typed values come to
  const shown = useMemo(() => {
    computation.type(typed);
    return computation.values;
  }, [computation, typed, told]);

  // What lies behind links that were just chosen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each change it may be waiting
  useEffect(() => {
    if (!computation.isWaiting) {
      setUnlinked(false);
      return undefined;
    }
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    api.post<LinkedAnswer>(`${form.form}/linked`, { links: computation.wants }, { signal: abort.signal }).then(
      (answer) => {
        setUnlinked(false);
        computation.learn(answer);
        setTold((times) => times + 1);
      },
      () => {
        if (abort.signal.aborted) return;
        setUnlinked(true);
        timer = setTimeout(askAgain, AGAIN_MS);
      },
    );
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [form, computation, shown, again]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what was not answered is asked again
  useEffect(() => {
    if (Object.keys(typed).length === 0) {
      setHints([]);
      setUndrafted(false);
      return undefined;
    }
    const abort = new AbortController();
    let timer = setTimeout(() => {
      const asked = { values: payload(form, typed), ...(id === null ? {} : { of: id }), ...extras({ next: step }) };
      api.post<Drafted>(`${form.form}/draft`, asked, { signal: abort.signal }).then(
        (answer) => {
          setUndrafted(false);
          isDrafted.current = true;
          computation.said(keyed(form, answer.values, typed));
          setHints(answer.problems);
          setTold((times) => times + 1);
        },
        () => {
          if (abort.signal.aborted) return;
          setUndrafted(true);
          timer = setTimeout(askAgain, AGAIN_MS);
        },
      );
    }, pauseFor(typed));
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [form, id, step, computation, typed, again]);

  const latest = useRef(shown);
  latest.current = shown;
  const set = useCallback((field: Field, value: Value) => {
    setTyped((now) => ({ ...now, [field.name]: value }));
  }, []);
  const setRows = useCallback((field: Field, rows: GridRow[]) => {
    const before = rowsOf(latest.current, field.name);
    setTyped((now) => ({ ...now, [field.name]: touchedRows(field, before, now[field.name], rows) }));
  }, []);
  const stateOf = useCallback(
    (name: string, lines?: string, key?: string) => computation.stateOf(name, lines ?? null, key),
    [computation],
  );
  const packsOf = useCallback(
    (name: string, lines: string, key: string) => computation.packsOf(name, lines, key),
    [computation],
  );
  const replace = useCallback((next: Typed) => {
    setTyped(next);
    if (isDrafted.current) beginAnew();
    isDrafted.current = false;
  }, []);
  const isBehind = isUnlinked || isUndrafted;
  return { typed, shown, isDirty: isChanged(base, typed), hints, isBehind, stateOf, packsOf, set, setRows, replace };
}
