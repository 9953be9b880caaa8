/** Messages: the channels that they leave by, which of them each of us wants where, and what became of them. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Linked } from "@/api/types";

export type Reach = "mail" | "phone" | "group" | "system";

/** As far as settings of channels use it. */
export interface Schema {
  type?: "string" | "integer" | "number" | "boolean" | "object" | "array" | "null";
  title?: string;
  default?: unknown;
  enum?: string[];
  anyOf?: Schema[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  $ref?: string;
}

export interface ChannelKind {
  kind: string;
  label: string;
  reach: Reach;
  per_minute: number;
  settings: Schema;
  secrets: Schema;
}

export interface Channel {
  name: string;
  kind: string;
  label: string;
  active: boolean;
  settings: Record<string, unknown>;
  /** Names of those that are set; what they are is never told. */
  secrets: string[];
  reach: Reach;
  sent_at: string | null;
  error: string | null;
  error_at: string | null;
  closed_until: string | null;
  waiting: number;
  dead: number;
}

export interface ChannelGiven {
  name: string;
  kind: string;
  label: string;
  active: boolean;
  settings: Record<string, unknown>;
  secrets: Record<string, string | null>;
}

export const MESSAGE_STATES = ["sent", "waiting", "held", "failed", "dead", "dropped"] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

export interface Sent {
  id: number;
  at: string;
  kind: string;
  kind_label: string;
  channel: string;
  channel_label: string;
  to: Linked | null;
  address: string | null;
  title: string | null;
  text: string | null;
  state: MessageState;
  state_label: string;
  attempts: number;
  next_at: string | null;
  sent_at: string | null;
  error: string | null;
  form: string | null;
  record: number | null;
  link: string | null;
  urgent: boolean;
}

interface SentPage {
  items: Sent[];
  next: string | null;
  counts: Partial<Record<MessageState, number>>;
}

export interface Wishes {
  kinds: { kind: string; label: string }[];
  channels: { name: string; label: string; reach: Reach; address: string | null }[];
  /** Only what was said; without a word the company's way holds. */
  ways: Record<string, Record<string, boolean>>;
  quiet: { from: string; to: string } | null;
  bundle: string | null;
}

export const messageKeys = {
  all: ["messages"] as const,
  channels: ["messages", "channels"] as const,
  log: ["messages", "log"] as const,
  wishes: ["messages", "wishes"] as const,
};

const PART = 50;

export const channelsQuery = queryOptions({
  queryKey: messageKeys.channels,
  queryFn: ({ signal }) => api.get<{ kinds: ChannelKind[]; channels: Channel[] }>("channels", {}, signal),
});

export const logQuery = (state: MessageState | null, channel: string | null) =>
  infiniteQueryOptions({
    queryKey: [...messageKeys.log, state, channel],
    queryFn: ({ pageParam, signal }) =>
      api.get<SentPage>("messages", { state, channel, cursor: pageParam, limit: PART }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

export const wishesQuery = queryOptions({
  queryKey: messageKeys.wishes,
  queryFn: ({ signal }) => api.get<Wishes>("preferences/messages", {}, signal),
});

/** One thing to be said about a channel. */
export interface Entry {
  name: string;
  kind: "text" | "number" | "flag" | "choice" | "templates" | "person";
  required: boolean;
  initial: unknown;
  options: string[];
  least?: number;
  most?: number;
}

/** The name of the setting that says with whose eyes a group reads. */
const READER = "reads_as";

/** What a channel of a kind needs to know, in the order in which it is declared, the optional ones last. */
export function entriesOf(schema: Schema): Entry[] {
  const needed = new Set(schema.required ?? []);
  const entries = Object.entries(schema.properties ?? {}).map(([name, one]): Entry => {
    const own = one.anyOf?.find((part) => part.type !== "null") ?? one;
    const more = {
      ...(own.minimum === undefined ? {} : { least: own.minimum }),
      ...(own.maximum === undefined ? {} : { most: own.maximum }),
    };
    return {
      name,
      kind: kindOf(name, own),
      required: needed.has(name),
      initial: one.default ?? null,
      options: own.enum ?? [],
      ...more,
    };
  });
  return [...entries.filter((one) => one.required), ...entries.filter((one) => !one.required)];
}

function kindOf(name: string, schema: Schema): Entry["kind"] {
  if (name === READER) return "person";
  if (schema.enum) return "choice";
  if (schema.type === "boolean") return "flag";
  if (schema.type === "integer" || schema.type === "number") return "number";
  return schema.type === "object" ? "templates" : "text";
}

/** A template as a provider of short messages knows it, under the name that ours has. */
export interface TemplateRow {
  name: string;
  code: string;
  variables: string;
}

type Templates = Record<string, { code: string; variables: string[] }>;

export function templateRows(value: unknown): TemplateRow[] {
  return Object.entries((value ?? {}) as Templates).map(([name, one]) => ({
    name,
    code: one.code,
    variables: one.variables.join(", "),
  }));
}

/** Rows that say nothing are left out; variables are told apart by commas or blanks. */
export function templatesOf(rows: readonly TemplateRow[]): Templates {
  const said = rows.filter((one) => one.name.trim() && one.code.trim());
  return Object.fromEntries(
    said.map((one) => [
      one.name.trim(),
      { code: one.code.trim(), variables: one.variables.split(/[,，、\s]+/).filter(Boolean) },
    ]),
  );
}

/** A name for a new channel that nobody has yet: its kind, numbered from the second on. */
export function freeName(kind: string, taken: readonly string[]): string {
  if (!taken.includes(kind)) return kind;
  let number = 2;
  while (taken.includes(`${kind}_${number}`)) number += 1;
  return `${kind}_${number}`;
}

/** Settings as they are sent: what was left empty is not said. */
export function givenOf(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== ""),
  );
}
