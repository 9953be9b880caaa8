/** One record: a new one, a stored one, or the only one of its form. Description and record are asked for together. */
import { useQuery } from "@tanstack/react-query";
import { Navigate, useLocation, useParams, useSearchParams } from "react-router";
import { api, Problem } from "@/api/client";
import { formQuery, keys, recordQuery } from "@/api/queries";
import type { Form, Page, RecordPage as Stored } from "@/api/types";
import { ProblemNote } from "@/look/ProblemNote";
import { Sheet } from "./Sheet";
import type { Drafted } from "./useTyping";
import { everythingTyped } from "./values";
import { Waiting } from "./Waiting";
import "./record.css";

export default function RecordPage() {
  const { form = "", id } = useParams();
  const described = useQuery(formQuery(form));
  // A new page for every record: nothing of the last one is left over.
  const page =
    id === undefined ? <New key={`${form} new`} form={form} /> : <Known key={`${form} ${id}`} form={form} id={id} />;
  if (described.data?.singleton) return <Only form={described.data} id={id} />;
  return described.error && !stays(described) ? (
    <div className="record-note">
      <ProblemNote error={described.error} onRetry={() => void described.refetch()} />
    </div>
  ) : (
    page
  );
}

/** What was read stays in sight while nobody answers: somebody may be typing over it. A refusal does not. */
function stays({ data, error }: { data: unknown; error: unknown }): boolean {
  return data !== undefined && error instanceof Problem && error.status === 0;
}

function Known({ form, id }: { form: string; id: string }) {
  const number = /^\d{1,15}$/.test(id) ? Number(id) : 0;
  const described = useQuery(formQuery(form));
  const stored = useQuery({ ...recordQuery(form, number), enabled: number > 0 });
  const isMissing = stored.error instanceof Problem && stored.error.status === 404;
  // What is not there may lie in the bin.
  const binned = useQuery({
    queryKey: [...keys.record(form, number), "binned"],
    queryFn: ({ signal }) => api.get<Stored>(`${form}/${number}`, { binned: true }, signal),
    enabled: isMissing,
    retry: false,
  });
  if (number === 0) return <Navigate to={`/${form}`} replace />;
  const page = stored.isError && !stays(stored) ? binned.data : stored.data;
  if (described.data && page) return <Sheet form={described.data} page={page} base={page.values} initial={{}} />;
  const refused = isMissing && binned.isPending ? null : stored.error;
  return refused ? (
    <div className="record-note">
      <ProblemNote error={refused} onRetry={() => void stored.refetch()} />
    </div>
  ) : (
    <Waiting />
  );
}

function New({ form }: { form: string }) {
  const [search] = useSearchParams();
  const { key } = useLocation();
  const copied = Number(search.get("copy")) || null;
  const described = useQuery(formQuery(form));
  const drafted = useQuery({
    queryKey: ["draft", form, copied, key],
    queryFn: ({ signal }) =>
      api.post<Drafted>(`${form}/draft`, copied ? { values: {}, copy: copied } : { values: {} }, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  if (described.data && drafted.data) {
    const initial = copied ? everythingTyped(described.data, drafted.data.values) : {};
    return <Sheet key={key} form={described.data} page={null} base={drafted.data.values} initial={initial} />;
  }
  return drafted.error ? (
    <div className="record-note">
      <ProblemNote error={drafted.error} onRetry={() => void drafted.refetch()} />
    </div>
  ) : (
    <Waiting />
  );
}

/** The form has one record: whatever number the address says, this is it. */
function Only({ form, id }: { form: Form; id: string | undefined }) {
  const found = useQuery({
    queryKey: [...keys.lists(form.form), "only"],
    queryFn: ({ signal }) => api.get<Page>(form.form, { limit: 1 }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const only = found.data?.rows[0]?.id;
  if (found.isPending) return <Waiting />;
  if (only === undefined) return <New form={form.form} />;
  if (id !== String(only)) return <Navigate to={`/${form.form}/${only}`} replace />;
  return <Known key={`${form.form} ${only}`} form={form.form} id={String(only)} />;
}
