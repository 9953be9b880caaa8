/** A new record in a drawer, without leaving the page that needs it: what must be filled, and no more. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Drawer, Skeleton } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { actionKey, api, Problem } from "@/api/client";
import { formQuery, keys, recordQuery } from "@/api/queries";
import type { Field, Form, Linked, Outcome, Value, Values } from "@/api/types";
import { ProblemNote } from "@/look/ProblemNote";
import { FieldEditor } from "./FieldEditor";
import { isLinked, shapeOf } from "./shape";

interface Props {
  form: string;
  /** What was typed while looking for it: the beginning of its title. */
  words: string;
  onMade: (made: Linked) => void;
  onClose: () => void;
}

const MOST = 8;

/** What is asked for: the title and what must be filled, then what people usually give, up to a few. */
export function askedFor(form: Form): Field[] {
  const typed = form.fields.filter((one) => one.typed && !one.read_only && one.kind !== "lines");
  const needed = typed.filter((one) => one.name === form.title || (one.required !== null && one.default === null));
  const usual = new Set(form.list.columns.map((one) => one.key));
  const more = typed.filter((one) => !needed.includes(one) && usual.has(one.name) && one.default === null);
  const chosen = new Set([...needed, ...more.slice(0, Math.max(0, MOST - needed.length))]);
  return typed.filter((one) => chosen.has(one));
}

export default function QuickCreate({ form, words, onMade, onClose }: Props) {
  const { t } = useTranslation("fields");
  const queries = useQueryClient();
  const described = useQuery(formQuery(form));
  const [typed, setTyped] = useState<Values | null>(null);
  const title = described.data?.title;
  const values: Values = typed ?? (title && words ? { [title]: words } : {});
  const key = useRef(actionKey());
  const make = useMutation({
    mutationFn: async (acceptWarnings: boolean) => {
      const sent = Object.fromEntries(
        Object.entries(values).map(([name, one]) => [name, isLinked(one) ? one.id : one]),
      );
      const body = { values: sent, ...(acceptWarnings ? { accept_warnings: true } : {}) };
      const outcome = await api.post<Outcome>(form, body, { key: key.current });
      return queries.fetchQuery(recordQuery(form, outcome.id));
    },
    onSuccess: (page) => {
      void queries.invalidateQueries({ queryKey: keys.lists(form) });
      onMade({ id: page.id, title: page.title });
    },
    onError: (error) => {
      // What got no answer may have been done: asked again under the same key, it is done once.
      if (!(error instanceof Problem) || error.status !== 0) key.current = actionKey();
    },
  });
  const causes = make.error instanceof Problem ? make.error.causes : [];
  const isWarned = causes.length > 0 && causes.every((one) => one.code === "form.duplicate_warning");
  const fields = described.data ? askedFor(described.data) : [];
  // What was typed stands in its field already: typing goes on in the first one that is empty.
  const begin = Math.max(
    0,
    fields.findIndex((field) => !(field.name === title && words)),
  );
  const hasMore = (described.data?.fields ?? []).some((one) => one.kind === "lines" && (one.at_least ?? 0) > 0);
  const set = (field: Field, value: Value) => {
    key.current = actionKey();
    setTyped({ ...values, [field.name]: value });
  };
  return (
    <Drawer
      open
      onClose={onClose}
      size={420}
      title={t("create", { label: described.data?.label ?? "" })}
      footer={
        <div className="quick-foot">
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button type="primary" loading={make.isPending} disabled={hasMore} onClick={() => make.mutate(isWarned)}>
            {isWarned ? t("createAnyway") : t("createAndUse")}
          </Button>
        </div>
      }
    >
      {described.isPending && <Skeleton active />}
      {hasMore && <Link to={`/${form}/new`}>{t("needsPage")}</Link>}
      <form
        className="quick-fields"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate(isWarned);
        }}
      >
        {fields.map((field, place) => {
          const wrong = causes.find((one) => one.field === field.name);
          return (
            <div key={field.name}>
              <label htmlFor={`quick-${field.name}`}>
                {field.label}
                {field.required && " *"}
              </label>
              <FieldEditor
                id={`quick-${field.name}`}
                shape={{ ...shapeOf(field), mayCreate: false }}
                value={values[field.name]}
                onChange={(value) => set(field, value)}
                status={wrong ? "error" : undefined}
                autoFocus={place === begin}
              />
              {wrong && <div className="wrong">{wrong.text}</div>}
            </div>
          );
        })}
        <ProblemNote error={make.error} />
        <input type="submit" hidden />
      </form>
    </Drawer>
  );
}
