/** A few records of a form: every row leads to its record. */
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import type { ListAnswer, Tile } from "@/api/dashboards";
import type { ListRow } from "@/api/types";
import { shapeOfHeading } from "@/fields/shape";
import { titleOf } from "@/fields/title";
import { ValueText } from "@/fields/ValueText";
import { FIGURES } from "@/look/figures";
import { addressOf } from "./address";
import { MonthTile } from "./MonthTile";
import "./tables.css";

interface Props {
  answer: ListAnswer;
  leads: boolean;
}

export function ListTile({ tile, ...props }: Props & { tile: Tile }) {
  const table = <Rows {...props} />;
  return tile.draw === "calendar" && props.leads ? <MonthTile answer={props.answer} otherwise={table} /> : table;
}

function Rows({ answer, leads }: Props) {
  const { t } = useTranslation("dashboard");
  const go = useNavigate();
  if (answer.rows.length === 0) return <p className="tile-empty">{t("noRecords")}</p>;
  const address = (row: ListRow) => `/${answer.form}/${row.id}`;
  const [first] = answer.columns;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the keys */}
      <section className="list-rows" aria-label={t("records")} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {answer.columns.map((column) => (
                <th key={column.key} scope="col" className={FIGURES.has(column.kind) ? "right" : undefined}>
                  {column.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {answer.rows.map((row) => (
              // The link in the row is for the keyboard; the rest of the row is as large as a pointer likes.
              <tr key={row.id} {...(leads ? { onClick: () => void go(address(row)), className: "leads" } : {})}>
                {answer.columns.map((column) => (
                  <td key={column.key} className={FIGURES.has(column.kind) ? "right" : undefined}>
                    {column === first && leads ? (
                      <Link to={address(row)} onClick={(event) => event.stopPropagation()}>
                        <ValueText shape={shapeOfHeading(column)} value={row[column.key]} leads={false} />
                        <span className="unseen"> {titleOf(answer, row)}</span>
                      </Link>
                    ) : (
                      <ValueText shape={shapeOfHeading(column)} value={row[column.key]} leads={false} />
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {answer.next && leads && answer.filter !== null && (
        <Link className="tile-all" to={addressOf({ form: answer.form, filter: answer.filter ?? "" })}>
          {t("all")}
        </Link>
      )}
    </>
  );
}
