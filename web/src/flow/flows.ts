/** Flows: steps of records that wait for agreement, who is asked, and what each of them may do. */
import { infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { api, type ProblemBody } from "@/api/client";
import { keys } from "@/api/queries";
import type { FlowAct, FlowRefusal, FlowState, Linked } from "@/api/types";
import type { Preview } from "@/behind/preview";

export const BOXES = ["waiting", "started", "handled", "cc"] as const;
export type Box = (typeof BOXES)[number];

/** How its state is coloured. */
export function toneOf(state: FlowState): "begun" | "under-way" | "over" | "gone" | "dirty" {
  switch (state) {
    case "running":
      return "under-way";
    case "granted":
    case "done":
      return "over";
    case "refused":
    case "stuck":
      return "gone";
    case "returned":
      return "dirty";
    default:
      return "begun";
  }
}

/** A flow in a list, with what one must know to decide. */
export interface FlowRow {
  id: number;
  form: string;
  form_label: string;
  record: number;
  title: string | null;
  /** Whether I may open the record itself. */
  readable: boolean;
  transition: string;
  transition_label: string;
  by: Linked;
  at: string;
  state: FlowState;
  state_label: string;
  step: string | null;
  step_label: string | null;
  /** Asked now. */
  people: Linked[];
  due: string | null;
  /** Mine, where I am asked. */
  task: number | null;
  can: FlowAct[];
  summary: { field: string; label: string; text: string }[];
}

export interface FlowsPageAnswer {
  rows: FlowRow[];
  next: string | null;
  counts: Partial<Record<Box, number>>;
}

export type AskedState = "waiting" | "open" | "agreed" | "refused" | "returned" | "transferred" | "skipped" | "void";

/** A file that goes along with an answer. */
export interface FlowFile {
  id: number;
  name: string;
}

/** Somebody who is asked, and what they said. */
export interface Asked {
  id: number;
  title: string | null;
  state: AskedState;
  at: string | null;
  due: string | null;
  comment: string;
  files: FlowFile[];
  on_behalf_of: Linked | null;
}

/** A step of the route; one with branches asks nobody itself. */
export interface RouteStep {
  step: string;
  label: string;
  state: "waiting" | "open" | "agreed" | "refused" | "returned" | "skipped";
  agree: "any" | "all" | "in_turn" | "share";
  /** How many of them must agree, of one. */
  share: string | null;
  people: Asked[];
  /** Told when it ends. */
  cc: Linked[];
  branches: RouteStep[][];
}

export interface FlowEvent {
  at: string;
  by: Linked;
  what: string;
  label: string;
  step_label: string | null;
  on_behalf_of: Linked | null;
  to: Linked[];
  comment: string;
  files: FlowFile[];
}

export interface Flow extends FlowRow {
  route: RouteStep[];
  events: FlowEvent[];
  /** Where I may return it to; besides, always to whoever submitted it. */
  returns: { step: string; label: string }[];
  cc: Linked[];
  /** What the step will do, for those who may know. */
  preview: Preview | null;
  refusal: FlowRefusal | null;
}

/** What is done with a flow, as it goes over the wire. */
export type FlowDeed =
  | { do: "withdraw"; comment?: string }
  | { do: "resubmit"; anew?: boolean }
  | { do: "retry" | "move" }
  | ((
      | { do: "agree" | "refuse" }
      | { do: "return"; to_step: string | null }
      | { do: "transfer"; to: number }
      | { do: "add"; to: number[]; where: "before" | "after" }
    ) & { comment?: string; files?: number[] });

export interface BulkResult {
  id: number;
  ok: boolean;
  state?: FlowState;
  problem?: ProblemBody;
}

const PART = 30;

export const flowsQuery = (box: Box) =>
  infiniteQueryOptions({
    queryKey: [...keys.flows, "box", box],
    queryFn: ({ pageParam, signal }) =>
      api.get<FlowsPageAnswer>("flows", { box, cursor: pageParam, limit: PART }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

/** How many wait for me. */
export const waitingQuery = queryOptions({
  queryKey: [...keys.flows, "count"],
  queryFn: async ({ signal }) =>
    (await api.get<FlowsPageAnswer>("flows", { box: "waiting", limit: 1 }, signal)).counts.waiting ?? 0,
});

export const flowQuery = (id: number) =>
  queryOptions({
    queryKey: [...keys.flows, id],
    queryFn: ({ signal }) => api.get<Flow>(`flows/${id}`, {}, signal),
  });

/** Answers that are given to what somebody is asked; the others are about the flow as a whole. */
const OF_A_TASK: ReadonlySet<string> = new Set(["agree", "refuse", "return", "transfer", "add"]);

const isNothing = (said: unknown) =>
  said === "" || said === undefined || said === null || (Array.isArray(said) && said.length === 0);

/** Do it, under the key of the act: sent again, it is done once. The flow as it stands then. */
export async function perform(flow: number, task: number | null, deed: FlowDeed, key: string): Promise<Flow> {
  const { do: what, ...said } = deed;
  const more = Object.entries(said).map(([name, one]) => [name, typeof one === "string" ? one.trim() : one]);
  const body = Object.fromEntries(more.filter(([, one]) => !isNothing(one)));
  const asked = OF_A_TASK.has(what) && task !== null ? { task } : {};
  const answer = await api.post<Flow>(`flows/${flow}/${what}`, { ...asked, ...body }, { key });
  // Submitting again answers with what came of the step.
  return what === "resubmit" ? api.get<Flow>(`flows/${flow}`) : answer;
}

export async function performInBulk(
  what: "agree" | "refuse",
  flows: readonly number[],
  comment: string,
): Promise<BulkResult[]> {
  const said = comment.trim();
  const body = { do: what, flows, ...(said ? { comment: said } : {}) };
  return (await api.post<{ results: BulkResult[] }>("flows/bulk", body)).results;
}

/** The flow that comes up when one of a list is dealt with: the next, or the one before where it was the last. */
export function following(rows: readonly { id: number }[], gone: number): number | null {
  const at = rows.findIndex((one) => one.id === gone);
  return (rows[at + 1] ?? rows[at - 1])?.id ?? null;
}

/** Until when the first of those who are asked has to answer. */
export function dueOf(step: RouteStep): string | null {
  const dues = step.people.flatMap((one) => (one.state === "open" && one.due ? [one.due] : []));
  return dues.sort()[0] ?? null;
}

/** How much of the time for an answer is left: over, soon (within a day), or enough. */
export function urgency(due: string | null | undefined, now: number): "over" | "soon" | null {
  if (!due) return null;
  const left = new Date(due).getTime() - now;
  if (left <= 0) return "over";
  return left <= 24 * 3_600_000 ? "soon" : null;
}

/** How long ago, or in how long: in the greatest unit that says enough. */
export function distance(at: string, now: number): { unit: "minute" | "hour" | "day"; count: number } {
  const minutes = Math.round((new Date(at).getTime() - now) / 60_000);
  if (Math.abs(minutes) < 60) return { unit: "minute", count: minutes };
  const hours = Math.round(minutes / 60);
  return Math.abs(hours) < 48 ? { unit: "hour", count: hours } : { unit: "day", count: Math.round(hours / 24) };
}

/** What the record is called, with its kind. */
export function nameOf(flow: { form_label: string; title: string | null; record: number }): string {
  return `${flow.form_label} ${flow.title ?? `#${flow.record}`}`;
}

/** What a deed may have changed: every box, the record, its lists, and what waits at home. */
export async function refresh(queries: QueryClient, flow: { form: string; record: number }): Promise<void> {
  void queries.invalidateQueries({ queryKey: keys.lists(flow.form) });
  void queries.invalidateQueries({ queryKey: keys.home });
  void queries.invalidateQueries({ queryKey: keys.notifications });
  void queries.invalidateQueries({ queryKey: keys.record(flow.form, flow.record) });
  await queries.invalidateQueries({ queryKey: keys.flows });
}
