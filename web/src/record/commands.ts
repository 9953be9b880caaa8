/** What can be done to a record, each with its address and body, so that it is previewed and done by the same words. */
import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Outcome } from "@/api/types";
import type { Preview } from "@/behind/preview";
import type { RouteStep } from "@/flow/flows";

export type Command =
  | { do: "create"; form: string; values: Record<string, unknown>; next?: string; acceptWarnings?: boolean }
  | {
      do: "update";
      form: string;
      id: number;
      version: number;
      values: Record<string, unknown>;
      next?: string;
      acceptWarnings?: boolean;
    }
  | { do: "run"; form: string; id: number; version: number; transition: string }
  | { do: "reverse"; form: string; id: number; step: number; followers: boolean };

/** Words of what a transition does, as the form declares it. */
export interface Explained {
  title: string;
  sentences: { effect: string; words: string }[];
}

export const explainedQuery = (form: string, transition: string) =>
  queryOptions({
    queryKey: ["explained", form, transition],
    queryFn: () => api.get<Explained>(`forms/${form}/${transition}`),
    staleTime: 300_000,
  });

function addressed(command: Command): { method: "post" | "patch"; path: string; body: Record<string, unknown> } {
  switch (command.do) {
    case "create":
      return { method: "post", path: command.form, body: { values: command.values, ...extras(command) } };
    case "update":
      return {
        method: "patch",
        path: `${command.form}/${command.id}`,
        body: { expected_version: command.version, values: command.values, ...extras(command) },
      };
    case "run":
      return {
        method: "post",
        path: `${command.form}/${command.id}/${command.transition}`,
        body: { expected_version: command.version },
      };
    case "reverse":
      return {
        method: "post",
        path: `${command.form}/${command.id}/reverse`,
        body: { step: command.step, followers: command.followers },
      };
  }
}

/** `next`: the transition that follows in the same breath, which the wire calls `then`. */
export function extras(command: { next?: string | null; acceptWarnings?: boolean }): Record<string, unknown> {
  const pairs: [string, unknown][] = [];
  if (command.next) pairs.push(["then", command.next]);
  if (command.acceptWarnings) pairs.push(["accept_warnings", true]);
  return Object.fromEntries(pairs);
}

/** Do it, under the key of the act: sent again, it is done once. */
export function execute(command: Command, key: string): Promise<Outcome> {
  const { method, path, body } = addressed(command);
  return api[method]<Outcome>(path, body, { key });
}

/** Who is asked before it is done, where anybody is. */
export interface StepPreview extends Preview {
  route?: RouteStep[] | null;
}

/** What it would do; nothing is written. */
export function preview(command: Command, signal: AbortSignal): Promise<StepPreview> {
  const { path, body } = addressed(command);
  return api.post<StepPreview>(`${path}/preview`, body, { signal });
}
