/** What an import is asked and answers, and which field a strange header may mean. Pure, apart from the requests. */
import { actionKey, api, type ProblemBody } from "@/api/client";
import type { Field, Form } from "@/api/types";

export interface Options {
  mapping: Record<string, string | null>;
  /** null: the server finds the fields that tell records apart; empty: every record is new. */
  key: string[] | null;
  create_missing: string[];
  skip_wrong: boolean;
  then: string | null;
  one_by_one: boolean;
  sheet: string;
}

export const BEGIN: Options = {
  mapping: {},
  key: null,
  create_missing: [],
  skip_wrong: false,
  // biome-ignore lint/suspicious/noThenProperty: what the server calls it
  then: null,
  one_by_one: false,
  sheet: "",
};

export interface RowProblem {
  code: string;
  field: string | null;
  row: number | null;
  text: string;
}

export interface Told {
  new: number;
  changed: number;
  unchanged: number;
  wrong: number;
  /** Header to key, as the server understood it. */
  columns: Record<string, string>;
  problems: RowProblem[];
  more_problems: number;
  warnings: RowProblem[];
  is_preview: boolean;
}

export interface Job {
  job: string;
  state: "waiting" | "running" | "done" | "refused" | "failed";
  stage: string;
  done: number;
  total: number;
  result: Told | null;
  has_wrong_rows: boolean;
  problem: ProblemBody | null;
}

export const isOver = (job: Job) => job.state === "done" || job.state === "refused" || job.state === "failed";

/** A column's goal: a field of the form or of its lines. */
export interface Target {
  key: string;
  label: string;
  field: Field | null;
  lines: string | null;
}

/** Everything that a column can fill, in the order of the form. */
export function targetsOf(form: Form, number: string): Target[] {
  const found: Target[] = form.numbered ? [{ key: "number", label: number, field: null, lines: null }] : [];
  for (const field of form.fields) {
    if (field.kind === "lines") {
      for (const row of field.fields ?? [])
        if (row.typed && !row.read_only)
          found.push({
            key: `${field.name}.${row.name}`,
            label: `${field.label} · ${row.label}`,
            field: row,
            lines: field.name,
          });
    } else if (field.typed && !field.read_only) found.push({ key: field.name, label: field.label, field, lines: null });
  }
  return found;
}

const plain = (text: string) => text.toLowerCase().replace(/[\s*·.()（）:：_-]/g, "");

/** How alike two words are, from 0 to 1: the share of neighbouring letters that they have in common. */
export function likeness(one: string, other: string): number {
  const [a, b] = [plain(one), plain(other)];
  if (!a || !b) return 0;
  if (a === b) return 1;
  if (a.includes(b) || b.includes(a)) return 0.6 + (0.4 * Math.min(a.length, b.length)) / Math.max(a.length, b.length);
  const pairs = (text: string) => Array.from({ length: text.length - 1 }, (_, n) => text.slice(n, n + 2));
  const rest = pairs(b);
  const shared = pairs(a).filter((pair) => {
    const at = rest.indexOf(pair);
    if (at >= 0) rest.splice(at, 1);
    return at >= 0;
  }).length;
  return (2 * shared) / Math.max(1, a.length + b.length - 2);
}

const ALIKE = 0.5;

/** The target that a header most likely means, if no other column fills it; null: better leave it out. */
export function suggested(header: string, targets: Target[], taken: Set<string>): string | null {
  let best: string | null = null;
  let most = ALIKE;
  for (const target of targets) {
    if (taken.has(target.key)) continue;
    const own = Math.max(
      likeness(header, target.label),
      likeness(header, target.field?.label ?? ""),
      likeness(header, target.key),
    );
    if (own > most) [best, most] = [target.key, own];
  }
  return best;
}

/** Strange headers with their suggestions; each target is given away once. */
export function suggestedMapping(
  headers: string[],
  targets: Target[],
  taken: Iterable<string>,
): Record<string, string | null> {
  const used = new Set(taken);
  return Object.fromEntries(
    headers.map((header) => {
      const key = suggested(header, targets, used);
      if (key) used.add(key);
      return [header, key];
    }),
  );
}

export function bodyOf(file: Blob, name: string, options: Options): FormData {
  const body = new FormData();
  body.append("file", file, name);
  body.append("options", JSON.stringify(options));
  return body;
}

export const importApi = {
  template: (form: string) => api.file("GET", `${form}/import/template`),
  preview: (form: string, file: File, options: Options, signal?: AbortSignal) =>
    api.post<Told>(`${form}/import/preview`, bodyOf(file, file.name, options), signal ? { signal } : {}),
  start: (form: string, file: File, options: Options) =>
    api.post<Job>(`${form}/import`, bodyOf(file, file.name, options), { key: actionKey() }),
  wrongRows: (form: string, file: File, options: Options) =>
    api.file("POST", `${form}/import/wrong_rows`, { body: bodyOf(file, file.name, options) }),
  state: (job: string) => api.get<Job>(`imports/${job}`),
  stop: (job: string) => api.delete(`imports/${job}`, { key: actionKey() }),
  wrongRowsOf: (job: string) => api.file("GET", `imports/${job}/wrong_rows`),
};

/** Stages follow one another; each has its share of the bar, so that it never runs back. */
const STAGES = ["read", "links", "compute", "write", "transition"];

export function percentOf(job: Job): number {
  const place = STAGES.indexOf(job.stage);
  if (place < 0) return 0;
  const share = 100 / STAGES.length;
  return Math.round(place * share + (job.total > 0 ? (share * Math.min(job.done, job.total)) / job.total : 0));
}
