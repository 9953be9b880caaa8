/** Flows: what waits for me, and what I began that is not at its end. */
import { useQueries, useQuery } from "@tanstack/react-query";
import { Empty, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { formsQuery, homeQuery, listQuery } from "@/api/queries";
import { shapeOfHeading } from "@/fields/shape";
import { titleOf } from "@/fields/title";
import { ValueText } from "@/fields/ValueText";
import { WaitingCards } from "./WaitingCards";
import "./home.css";

/** The latest of each form; the whole list is a click away. */
const MOST = 5;
const MINE = "created_by = ME()";

export default function FlowsPage() {
  const { t } = useTranslation("shell");
  const home = useQuery(homeQuery);
  const forms = useQuery(formsQuery);
  const documents = (forms.data ?? []).filter((form) => form.kind === "document" && form.rights.create !== "none");
  const mine = useQueries({
    queries: documents.map((form) => listQuery(form.form, { filter: MINE, sort: "-id", limit: MOST })),
  });
  const begun = documents.flatMap((form, place) => {
    const page = mine[place]?.data;
    return page && page.rows.length > 0 ? [{ form, page }] : [];
  });
  const isPending = forms.isPending || mine.some((one) => one.isPending);
  return (
    <div className="home">
      <h1>{t("part.flows")}</h1>
      <section>
        <h2>{t("waiting")}</h2>
        {home.isPending ? <Skeleton active /> : <WaitingCards waiting={home.data?.waiting ?? []} />}
      </section>
      <section>
        <h2>{t("begun")}</h2>
        {isPending && <Skeleton active />}
        {!isPending && begun.length === 0 && (
          <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("nothingBegun")} />
        )}
        {begun.map(({ form, page }) => (
          <div key={form.form} className="begun">
            <h3>
              <Link to={`/${form.form}?${new URLSearchParams({ filter: MINE })}`}>{form.label}</Link>
            </h3>
            <ul className="feed">
              {page.rows.map((row) => (
                <li key={row.id}>
                  <Link to={`/${form.form}/${row.id}`}>{titleOf(page, row)}</Link>
                  {page.columns.slice(1, 5).map((column) => (
                    <span key={column.key} className="soft">
                      <ValueText shape={shapeOfHeading(column)} value={row[column.key]} leads={false} />
                    </span>
                  ))}
                </li>
              ))}
            </ul>
          </div>
        ))}
      </section>
    </div>
  );
}
