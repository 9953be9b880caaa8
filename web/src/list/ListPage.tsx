/** A list of a form: everything that it shows, and how, stands in its address. */

import { useQuery } from "@tanstack/react-query";
import { Skeleton } from "antd";
import { useEffect, useState } from "react";
import { Navigate, useLocation, useParams } from "react-router";
import { formQuery, listQuery } from "@/api/queries";
import { ProblemNote } from "@/look/ProblemNote";
import { askedOf, writeAddress } from "./address";
import { FormList } from "./FormList";
import { viewsQuery } from "./keptViews";
import "./list.css";

export default function ListPage() {
  const { form = "" } = useParams();
  return <Described key={form} name={form} />;
}

function Described({ name }: { name: string }) {
  const { search } = useLocation();
  const form = useQuery(formQuery(name));
  const kept = useQuery(viewsQuery(name));
  const isAtDoor = search === "";
  if (form.error && !form.data)
    return (
      <div className="list-page">
        <ProblemNote error={form.error} onRetry={() => void form.refetch()} />
      </div>
    );
  // Where one begins is known only with the views; an address that says something needs none.
  if (!form.data || (isAtDoor && kept.isPending)) return <Late />;
  if (form.data.singleton) return <Only name={name} />;
  const first = isAtDoor ? kept.data?.find((one) => one.default) : undefined;
  if (first) {
    const address = writeAddress(askedOf(first.settings, String(first.id))).toString();
    return <Navigate to={{ pathname: `/${name}`, search: address }} replace />;
  }
  return <FormList form={form.data} kept={kept.data ?? []} />;
}

/** There is one record only: its page is the list. */
function Only({ name }: { name: string }) {
  const page = useQuery(listQuery(name, { limit: 1 }));
  if (page.error && !page.data)
    return (
      <div className="list-page">
        <ProblemNote error={page.error} onRetry={() => void page.refetch()} />
      </div>
    );
  if (!page.data) return <Late />;
  const row = page.data.rows[0];
  return <Navigate to={row ? `/${name}/${row.id}` : `/${name}/new`} replace />;
}

/** Nothing for a moment; what comes at once should not flicker. */
function Late() {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 200);
    return () => clearTimeout(timer);
  }, []);
  return <div className="list-page">{isLate && <Skeleton active paragraph={{ rows: 8 }} />}</div>;
}
