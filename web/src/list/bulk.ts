/** One step for many records, in parts, with an answer for each record. */
import { actionKey, api, Problem, type ProblemBody } from "@/api/client";

export interface Chosen {
  id: number;
  title: string;
  state: string | null;
  version: number | undefined;
}

export type Act = { transition: string } | { reverse: true } | { bin: true } | { restore: true };

export interface Result {
  id: number;
  ok: boolean;
  version?: number;
  /** The approval that it waits for: nothing is done yet. */
  flow?: number | null;
  problem?: ProblemBody;
}

/** So many in one request: few enough that progress can be shown, and that one can stop. */
export const PART = 50;

const told = (error: unknown): ProblemBody =>
  error instanceof Problem ? error.body : { status: 0, code: "client.unknown", detail: "", data: {}, problems: [] };

async function part(form: string, act: Act, chosen: Pick<Chosen, "id" | "version">[]): Promise<Result[]> {
  if (!("restore" in act)) {
    const records = chosen.map(({ id, version }) =>
      version === undefined ? { id } : { id, expected_version: version },
    );
    const answer = await api.post<{ results: Result[] }>(`${form}/bulk`, { ...act, records }, { key: actionKey() });
    return answer.results;
  }
  const results: Result[] = [];
  for (const { id } of chosen) {
    const done = api.post(`${form}/${id}/restore`, {}, { key: actionKey() });
    results.push(await done.then(() => ({ id, ok: true })).catch((error) => ({ id, ok: false, problem: told(error) })));
  }
  return results;
}

/** Does it; a request that fails as a whole is the answer of each of its records. */
export async function inBulk(
  form: string,
  act: Act,
  chosen: Pick<Chosen, "id" | "version">[],
  onProgress: (done: number) => void = () => undefined,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < chosen.length; from += PART) {
    const some = chosen.slice(from, from + PART);
    const answered = await part(form, act, some).catch((error) =>
      some.map(({ id }) => ({ id, ok: false, problem: told(error) })),
    );
    results.push(...answered);
    onProgress(results.length);
  }
  return results;
}
