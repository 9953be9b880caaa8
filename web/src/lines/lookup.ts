/** Records by what people type, scan or paste: one search shared by all who ask, codes by the hundred, exact ones first. */
import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import { formQuery, keys } from "@/api/queries";
import type { Field, Form, Linked, ListRow, Page } from "@/api/types";
import { secondLine, titleOf } from "@/fields/title";
import { plain } from "./reading";

const MOST = 20;
/** So many codes go into one question. */
const BATCH = 100;
/** So many questions at a time: others use the server, too. */
const AT_ONCE = 4;
const CANDIDATES = 8;

/** What a link leads to. */
export interface Target {
  form: string;
  /** Its lines, where the link leads to rows. */
  lines: string | null;
}

export function targetOf(field: Pick<Field, "link">): Target | null {
  return field.link ? { form: field.link.form, lines: field.link.lines } : null;
}

export const searchQuery = ({ form, lines }: Target, words: string, limit = MOST) =>
  queryOptions({
    queryKey: [...keys.lists(form), "search", lines, words, ...(limit === MOST ? [] : [limit])],
    queryFn: ({ signal }) =>
      lines
        ? api.get<Page>(form, { lines, q: words, limit }, signal)
        : api.get<Page>("search", { form, q: words, limit }, signal),
    staleTime: 60_000,
  });

const folded = (text: unknown) => (typeof text === "string" ? plain(text).toLowerCase() : "");

/** Whether one of its texts is exactly what was sought. */
export function isExact(page: Page, row: ListRow, words: string): boolean {
  const sought = folded(words);
  return (
    sought !== "" &&
    page.columns.some((one) => (one.kind === "text" || one.kind === "barcode") && folded(row[one.key]) === sought)
  );
}

/** The rows of a page with those that are exactly meant first; otherwise in the order in which they came. */
export function exactFirst(page: Page, words: string): ListRow[] {
  const exact = page.rows.filter((row) => isExact(page, row, words));
  return exact.length === 0 ? page.rows : [...exact, ...page.rows.filter((row) => !exact.includes(row))];
}

/** A record, and what else tells it from others of its name. */
export interface Candidate extends Linked {
  more: string;
}

/** What a text was found to mean: one record, one of several, or nothing. */
export interface Meaning {
  found: Candidate | null;
  candidates: Candidate[];
}

function candidate(page: Page, row: ListRow, title: string | null): Candidate {
  return { id: row.id, title: titleOf(page, row, title), more: secondLine(page, row, title, 2) };
}

/** The fields that tell a record from all others: codes first, its name last. */
function telling(form: Form): string[] {
  const texts = form.fields.filter((one) => (one.kind === "text" || one.kind === "barcode") && !one.masked);
  const codes = texts.filter((one) => one.kind === "barcode" || one.unique).map((one) => one.name);
  const title = texts.find((one) => one.name === form.title)?.name;
  return [...codes, ...(form.numbered ? ["number"] : []), ...(title && !codes.includes(title) ? [title] : [])];
}

/** Records whose code, barcode, number or name is exactly one of these texts; a name that several bear finds them all. */
async function exactly(
  queries: QueryClient,
  { form }: Target,
  texts: readonly string[],
): Promise<Map<string, Candidate[]>> {
  const described = await queries.ensureQueryData(formQuery(form));
  const found = new Map<string, Candidate[]>();
  const title = described.title ? [described.title] : [];
  const columns = [...new Set([...title, ...telling(described), ...described.list.columns.map((one) => one.key)])];
  for (const field of telling(described)) {
    const left = texts.filter((text) => !found.has(text));
    const batches = Array.from({ length: Math.ceil(left.length / BATCH) }, (_, at) =>
      left.slice(at * BATCH, (at + 1) * BATCH),
    );
    await each(batches, async (batch) => {
      const where = JSON.stringify([{ field, op: "in", value: batch }]);
      const page = await api.get<Page>(form, { columns: columns.join(","), where, limit: BATCH * 2 });
      const byText = new Map(batch.map((text) => [folded(text), text]));
      for (const row of page.rows) {
        const text = byText.get(folded(row[field]));
        if (text === undefined) continue;
        found.set(text, [...(found.get(text) ?? []), candidate(page, row, described.title)]);
      }
    });
  }
  return found;
}

/** What carries exactly this code; null if nothing or not only one does. */
export async function byCode(queries: QueryClient, target: Target, code: string): Promise<Linked | null> {
  const found = await queries.fetchQuery({
    queryKey: [...keys.lists(target.form), "code", code],
    queryFn: async () => (await exactly(queries, target, [code])).get(code) ?? [],
    staleTime: 60_000,
  });
  const [only] = found;
  return only && found.length === 1 ? { id: only.id, title: only.title } : null;
}

/** What each of many texts means: exact ones by the hundred, the rest searched one by one. */
export async function meanings(
  queries: QueryClient,
  target: Target,
  texts: readonly string[],
  onProgress?: (known: ReadonlyMap<string, Meaning>) => void,
): Promise<Map<string, Meaning>> {
  const asked = [...new Set(texts.map(plain).filter(Boolean))];
  const known = new Map<string, Meaning>();
  const title = (await queries.ensureQueryData(formQuery(target.form))).title;
  if (!target.lines) {
    for (const [text, candidates] of await exactly(queries, target, asked)) {
      known.set(text, { found: candidates.length === 1 ? (candidates[0] ?? null) : null, candidates });
    }
    onProgress?.(known);
  }
  await each(
    asked.filter((text) => !known.has(text)),
    async (text) => {
      known.set(text, await searched(queries, target, text, title));
      onProgress?.(known);
    },
  );
  return known;
}

async function searched(queries: QueryClient, target: Target, text: string, title: string | null): Promise<Meaning> {
  for (const words of asWords(text)) {
    const page = await queries.fetchQuery(searchQuery(target, words, CANDIDATES));
    if (page.rows.length === 0) continue;
    const exact = page.rows.filter((row) => isExact(page, row, words));
    const rows = exact.length > 0 ? exact : page.rows;
    const candidates = rows.map((row) => candidate(page, row, title));
    return { found: candidates.length === 1 ? (candidates[0] ?? null) : null, candidates };
  }
  return { found: null, candidates: [] };
}

/** A text as it stands; then with its letters and its numbers apart, as they stand in different fields of a record. */
export function asWords(text: string): string[] {
  const apart = text.replace(/(\p{Script=Han})(?=[a-zA-Z\d])|([a-zA-Z\d])(?=\p{Script=Han})/gu, "$1$2 ");
  return apart === text ? [text] : [text, apart];
}

async function each<T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  const left = [...all];
  const work = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await act(one);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, all.length) }, work));
}
