/** What came of the rows of a file, or would: how many of each, and every problem with its row. */
import { useTranslation } from "react-i18next";
import { grouped } from "@/look/figures";
import type { RowProblem, Target, Told } from "./importing";

const COUNTS = ["new", "changed", "unchanged", "wrong"] as const;

export function Counts({ told }: { told: Told }) {
  const { t } = useTranslation("list");
  return (
    <dl className="counts">
      {COUNTS.map((one) => (
        <div key={one} className={one === "wrong" && told.wrong > 0 ? "is-wrong" : undefined}>
          <dt>{t(`import.count.${one}`)}</dt>
          <dd className="figure">{grouped(String(told[one]))}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Problems({
  problems,
  more,
  targets,
  label,
}: {
  problems: RowProblem[];
  more: number;
  targets: Target[];
  label: string;
}) {
  const { t } = useTranslation("list");
  if (problems.length === 0) return null;
  const nameOf = (field: string | null) =>
    field === null ? "" : (targets.find((one) => one.key === field)?.label ?? field);
  return (
    <section className="import-problems">
      <h2>{label}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reached by the keyboard */}
      <section className="import-scroll" tabIndex={0} aria-label={label}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("import.row")}</th>
              <th scope="col">{t("field")}</th>
              <th scope="col">{t("import.reason")}</th>
            </tr>
          </thead>
          <tbody>
            {problems.map((one) => (
              <tr key={`${one.row} ${one.field} ${one.code} ${one.text}`}>
                <td className="figure">{one.row ?? ""}</td>
                <td>{nameOf(one.field)}</td>
                <td>{one.text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {more > 0 && <p className="soft">{t("import.moreProblems", { count: more })}</p>}
    </section>
  );
}
