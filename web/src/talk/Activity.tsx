/** What happened to a record and what was said about it, by time: changes with old and new, comments with mentions. */
import { DeleteOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Mentions, Skeleton, Tooltip } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { actionKey, api } from "@/api/client";
import { changesQuery, keys, recordQuery } from "@/api/queries";
import type { Change, Field, Form, Linked, Value } from "@/api/types";
import { isBlank, type Shape, shapeOf } from "@/fields/shape";
import { shown } from "@/fields/shown";
import { dayOf, instantText } from "@/look/figures";
import { ProblemNote } from "@/look/ProblemNote";
import { FileLinks } from "./FileLinks";
import "./talk.css";

export interface Comment {
  id: number;
  at: string;
  by: Linked;
  text: string | null;
  mentions: Linked[];
  mine: boolean;
  deleted?: boolean;
}

type Happened = { at: string; key: string } & ({ change: Change } | { comment: Comment });

/** The latest first. */
export function happenings(changes: readonly Change[], comments: readonly Comment[]): Happened[] {
  return [
    ...changes.map((change) => ({ at: change.at, key: `change ${change.id}`, change })),
    ...comments.map((comment) => ({ at: comment.at, key: `comment ${comment.id}`, comment })),
  ].sort((one, other) => other.at.localeCompare(one.at));
}

/** Whom a text mentions, of those who were offered: `@name` by the longest name that fits. */
export function mentioned(text: string, people: readonly Linked[]): number[] {
  const longest = [...people].sort((one, other) => (other.title?.length ?? 0) - (one.title?.length ?? 0));
  let rest = text;
  const found: number[] = [];
  for (const person of longest) {
    if (!person.title || !rest.includes(`@${person.title}`)) continue;
    found.push(person.id);
    rest = rest.replaceAll(`@${person.title}`, " ");
  }
  return found;
}

/**
 * The beginning of a name behind the last `@` before the caret; null where nobody is being mentioned. Read from the text
 * itself, because what an input method writes comes without keys.
 */
export function mentioning(text: string, caret: number): string | null {
  return /@([^\s@]*)$/.exec(text.slice(0, caret))?.[1] ?? null;
}

interface Props {
  form: Form;
  id: number;
}

export function Activity({ form, id }: Props) {
  const { t } = useTranslation("record");
  const changes = useQuery(changesQuery(form.form, id));
  const comments = useQuery({
    queryKey: [...keys.record(form.form, id), "comments"],
    queryFn: ({ signal }) => api.get<{ items: Comment[] }>(`${form.form}/${id}/comments`, {}, signal),
  });
  if (changes.isPending || comments.isPending) return <Skeleton active />;
  const all = happenings(changes.data ?? [], comments.data?.items ?? []);
  return (
    <div className="activity">
      <NewComment form={form.form} id={id} />
      <ProblemNote error={changes.error ?? comments.error} />
      <ol>
        {all.map((one) => (
          <li key={one.key}>
            {"comment" in one ? (
              <Said form={form.form} record={id} comment={one.comment} />
            ) : (
              <Changed form={form} record={id} change={one.change} />
            )}
          </li>
        ))}
      </ol>
      {all.length === 0 && <p className="soft">{t("nothingHappened")}</p>}
    </div>
  );
}

function NewComment({ form, id }: { form: string; id: number }) {
  const { t } = useTranslation("record");
  const queries = useQueryClient();
  const [text, setText] = useState("");
  const [asked, setAsked] = useState<string | null>(null);
  const people = useRef(new Map<number, Linked>());
  const found = useQuery({
    queryKey: [...keys.record(form, id), "readers", asked],
    queryFn: ({ signal }) => api.get<{ items: Linked[] }>(`${form}/${id}/readers`, { q: asked ?? "" }, signal),
    enabled: asked !== null,
    retry: false,
  });
  const offered = found.data?.items ?? [];
  for (const one of offered) people.current.set(one.id, one);
  const key = useRef(actionKey());
  const say = useMutation({
    mutationFn: () =>
      api.post(
        `${form}/${id}/comments`,
        { text, mentions: mentioned(text, [...people.current.values()]) },
        { key: key.current },
      ),
    onSuccess: () => {
      setText("");
      key.current = actionKey();
      return queries.invalidateQueries({ queryKey: [...keys.record(form, id), "comments"] });
    },
  });
  return (
    <div className="new-comment">
      <Mentions
        value={text}
        onChange={(value) => {
          setText(value);
          key.current = actionKey();
          const typing = document.activeElement;
          const at = typing instanceof HTMLTextAreaElement ? typing.selectionStart : value.length;
          setAsked(mentioning(value, at));
        }}
        onSearch={(words) => setAsked(words)}
        // The server found them, also by their letters: what it found needs no second sieve.
        filterOption={false}
        loading={found.isFetching}
        options={offered.map((one) => ({ value: one.title ?? "", label: one.title, key: String(one.id) }))}
        autoSize={{ minRows: 1, maxRows: 6 }}
        placeholder={t("commentHint")}
        aria-label={t("comment")}
        onKeyDown={(event) => {
          if (
            event.key === "Enter" &&
            (event.ctrlKey || event.metaKey) &&
            !event.nativeEvent.isComposing &&
            text.trim()
          ) {
            event.preventDefault();
            event.stopPropagation();
            say.mutate();
          }
        }}
      />
      {text.trim() && (
        <Button size="small" type="primary" loading={say.isPending} onClick={() => say.mutate()}>
          {t("send")}
        </Button>
      )}
      <ProblemNote error={say.error} hasRows={false} />
    </div>
  );
}

function Said({ form, record, comment }: { form: string; record: number; comment: Comment }) {
  const { t } = useTranslation("record");
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => api.delete(`${form}/${record}/comments/${comment.id}`),
    onSuccess: () => queries.invalidateQueries({ queryKey: [...keys.record(form, record), "comments"] }),
  });
  return (
    <article className="said">
      <Head by={comment.by} at={comment.at} />
      {comment.text === null ? (
        <p className="soft">{t("commentDeleted")}</p>
      ) : (
        <p className="long">{marked(comment.text, comment.mentions)}</p>
      )}
      {comment.mine && comment.text !== null && (
        <Tooltip title={t("common:delete")}>
          <Button
            className="said-delete"
            type="text"
            size="small"
            icon={<DeleteOutlined aria-hidden="true" />}
            aria-label={t("deleteComment")}
            loading={remove.isPending}
            onClick={() => remove.mutate()}
          />
        </Tooltip>
      )}
      <ProblemNote error={remove.error} />
    </article>
  );
}

/** The words of a comment with the people it mentions standing out. */
function marked(text: string, mentions: readonly Linked[]) {
  const names = mentions.flatMap((one) => (one.title ? [`@${one.title}`] : []));
  if (names.length === 0) return text;
  const pattern = new RegExp(`(${names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`);
  let at = 0;
  return text.split(pattern).map((part) => {
    at += part.length + 1;
    return names.includes(part) ? (
      <b key={at} className="mention">
        {part}
      </b>
    ) : (
      part
    );
  });
}

function Head({ by, at, what }: { by: Linked | null; at: string; what?: string }) {
  const { t } = useTranslation();
  const whole = instantText(at);
  const today = dayOf(new Date());
  return (
    <p className="happened-head">
      <b>{by?.title ?? (by?.id === 0 ? t("shell:system") : "–")}</b> {what}
      <time dateTime={at} title={whole} className="soft">
        {whole.startsWith(today) ? whole.slice(today.length + 1) : whole}
      </time>
    </p>
  );
}

function Changed({ form, record, change }: { form: Form; record: number; change: Change }) {
  const { t } = useTranslation();
  const said = change.flow;
  return (
    <article className="changed">
      <Head by={change.by} at={change.at} what={change.action_label} />
      {change.changes.length > 0 && (
        <ul>
          {change.changes.map((one) => (
            <OldAndNew
              key={one.field}
              form={form}
              label={one.label}
              name={one.field}
              field={form.fields.find((field) => field.name === one.field)}
              old={one.old}
              now={one.new}
            />
          ))}
        </ul>
      )}
      {change.lines.map((one) => (
        <LineChange key={`${one.lines} ${one.what} ${one.row}`} form={form} told={one} />
      ))}
      {change.file && <p className="soft">{change.file.name}</p>}
      {said && (
        <>
          <p className="soft">
            <Link to={`/flows/${said.id}`}>
              {[
                said.transition_label,
                said.step,
                said.on_behalf_of && t("flow:onBehalfOf", { name: said.on_behalf_of }),
              ]
                .filter(Boolean)
                .join(" · ")}
            </Link>
            {said.to.length > 0 && ` → ${said.to.join(t("flow:listComma"))}`}
          </p>
          {said.comment && <p className="long">{said.comment}</p>}
          <FileLinks form={form.form} record={record} files={said.files} />
        </>
      )}
    </article>
  );
}

/** A value as the trail keeps it: links by their number alone. */
function Told({ form, name, field, value }: { form: Form; name: string; field: Field | undefined; value: Value }) {
  const { t } = useTranslation();
  if (isBlank(value)) return "–";
  if (name === "state") return form.states.find((one) => one.name === value)?.label ?? String(value);
  if (field?.kind === "link" && field.link && !field.link.lines && typeof value === "number")
    return <TitleOf form={field.link.form} id={value} />;
  const shape: Shape = field ? shapeOf(field) : { kind: "text", label: name };
  return shown(shape, value, { yes: t("yes"), no: t("no") });
}

function TitleOf({ form, id }: { form: string; id: number }) {
  const found = useQuery({ ...recordQuery(form, id), retry: false, staleTime: 300_000 });
  return found.data?.title ?? `#${id}`;
}

function OldAndNew({
  form,
  label,
  name,
  field,
  old,
  now,
}: {
  form: Form;
  label: string;
  name: string;
  field: Field | undefined;
  old: Value;
  now: Value;
}) {
  return (
    <li>
      {label}：
      <del>
        <Told form={form} name={name} field={field} value={old} />
      </del>{" "}
      →{" "}
      <ins>
        <Told form={form} name={name} field={field} value={now} />
      </ins>
    </li>
  );
}

function LineChange({ form, told }: { form: Form; told: Change["lines"][number] }) {
  const { t } = useTranslation("record");
  const columns = form.fields.find((one) => one.name === told.lines)?.fields;
  return (
    <div className="line-change">
      <span className="soft">
        {told.label}：{t(`line.${told.what}`)}
      </span>
      <ul>
        {told.values.map((one) => {
          const field = columns?.find((column) => column.name === one.field);
          const pair = told.what === "changed" && Array.isArray(one.value) ? (one.value as Value[]) : null;
          return pair ? (
            <OldAndNew
              key={one.field}
              form={form}
              label={one.label}
              name={one.field}
              field={field}
              old={pair[0]}
              now={pair[1]}
            />
          ) : (
            isBlank(one.value) || (
              <li key={one.field}>
                {one.label}：<Told form={form} name={one.field} field={field} value={one.value} />
              </li>
            )
          );
        })}
      </ul>
    </div>
  );
}
