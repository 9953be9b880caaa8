/** Rules of the company: what each does in words, whether it runs and for whom, and what it did. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Kind, Linked } from "@/api/types";

/** For whom a rule runs while it is tried out; without anybody: for all. */
export interface Pilot {
  users: Linked[];
  departments: Linked[];
}

export interface Rule {
  rule: string;
  label: string;
  help: string | null;
  form: string;
  form_label: string;
  phase: "before" | "after";
  /** What sets it off, on which condition, and what it does. */
  words: string[];
  paused: boolean;
  pilot: Pilot | null;
  counts: Partial<Record<RunState, number>>;
  last: { at: string; state: RunState } | null;
  can_rehearse: boolean;
  /** That it may set itself off again, say. */
  warnings: string[];
  /** How others reach it without a login. */
  door: Door | null;
}

/** `address` begins with a slash: a page to fill in, or where other systems send to. */
export interface Door {
  kind: "form" | "webhook";
  name: string;
  address: string;
  /** webhook: since when its secret is the one that counts. */
  secret_at: string | null;
}

/** A secret that was made just now, with a message that it signs; it is never told again. */
export interface HookSecret {
  webhook: string;
  address: string;
  secret: string;
  example: { headers: Record<string, string>; body: string };
}

/** A field of a form that is open to the public. */
export interface OpenField {
  name: string;
  label: string;
  help: string | null;
  kind: Kind;
  required: boolean;
  options: Record<string, string>;
  length: number | null;
  scale: number | null;
}

export interface OpenSheet {
  form: string;
  label: string;
  company: string;
  fields: OpenField[];
}

export type RunState = "waiting" | "running" | "done" | "failed" | "dead" | "skipped";
export const RUN_STATES = ["done", "waiting", "running", "failed", "dead", "skipped"] as const;

/** Once a rule was set off: why, and what it did. */
export interface Run {
  id: number;
  at: string;
  state: RunState;
  rule?: string;
  rule_label?: string;
  form: string | null;
  record: number | null;
  title: string | null;
  by: Linked | null;
  attempts: number;
  next_at: string | null;
  why: string[];
  did: { text: string; form: string | null; record: number | null }[];
  error: string | null;
}

interface RunsPage {
  rows: Run[];
  next: string | null;
}

/** What a rule would have done with what happened lately; nothing is written. */
export interface Rehearsed {
  days: number;
  count: number;
  more: boolean;
  rows: {
    at: string;
    form: string | null;
    record: number | null;
    title: string | null;
    why: string[];
    would: string[];
  }[];
}

export const ruleKeys = {
  all: ["rules"] as const,
  list: ["rules", "list"] as const,
  runs: ["rules", "runs"] as const,
};

const PART = 30;

export const rulesQuery = queryOptions({
  queryKey: ruleKeys.list,
  queryFn: async ({ signal }) => (await api.get<{ rules: Rule[] }>("rules", {}, signal)).rules,
});

export const openQuery = (company: string, form: string, language: string) =>
  queryOptions({
    queryKey: ["open", company, form, language],
    queryFn: ({ signal }) => api.get<OpenSheet>(`open/${form}`, { company, language }, signal),
  });

/** Runs of one rule, or of all of them; `state`: only these. */
export const runsQuery = (rule: string | null, state: RunState | null) =>
  infiniteQueryOptions({
    queryKey: [...ruleKeys.runs, rule, state],
    queryFn: ({ pageParam, signal }) =>
      api.get<RunsPage>(
        rule === null ? "rules/runs" : `rules/${rule}/runs`,
        { state, cursor: pageParam, limit: PART },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

/** Rules by the form that they are about, forms and rules in the order in which they came. */
export function byForm(rules: readonly Rule[]): { form: string; label: string; rules: Rule[] }[] {
  const found = new Map<string, { form: string; label: string; rules: Rule[] }>();
  for (const one of rules) {
    const group = found.get(one.form) ?? { form: one.form, label: one.form_label, rules: [] };
    group.rules.push(one);
    found.set(one.form, group);
  }
  return [...found.values()];
}

/** Rules whose name, form or words say all that is sought. */
export function sought(rules: readonly Rule[], words: string): Rule[] {
  const parts = words.toLowerCase().split(/\s+/).filter(Boolean);
  return rules.filter((one) => {
    const said = [one.label, one.form_label, one.help ?? "", ...one.words].join(" ").toLowerCase();
    return parts.every((part) => said.includes(part));
  });
}

/** How a rule stands: at rest, tried out by some, or running for all. */
export function standing(rule: Pick<Rule, "paused" | "pilot">): "paused" | "pilot" | "on" {
  if (rule.paused) return "paused";
  const { users = [], departments = [] } = rule.pilot ?? {};
  return users.length + departments.length > 0 ? "pilot" : "on";
}

/** Commands of a shell that sign a message and send it: what the sender's own program does. */
export function signedExample(given: HookSecret, origin: string): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  return [
    `secret=${quoted(given.secret)}`,
    `body=${quoted(given.example.body)}`,
    'id="msg_$(date +%s%N)"',
    'at="$(date +%s)"',
    'key="$(printf %s "$secret" | cut -d_ -f2- | base64 -d | od -An -v -tx1 | tr -d \' \\n\')"',
    'sign="$(printf %s "$id.$at.$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)"',
    `curl ${quoted(new URL(given.address, origin).href)} --json "$body" \\`,
    '  -H "webhook-id: $id" -H "webhook-timestamp: $at" -H "webhook-signature: v1,$sign"',
  ].join("\n");
}
