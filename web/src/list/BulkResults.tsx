/** What came of each record, the refused ones first and with every reason. */
import { CheckCircleFilled, CloseCircleFilled } from "@ant-design/icons";
import { Drawer } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { ProblemBody } from "@/api/client";
import type { Chosen, Result } from "./bulk";

interface Props {
  form: string;
  label: string;
  results: Result[];
  chosen: Chosen[];
  onClose: () => void;
}

export default function BulkResults({ form, label, results, chosen, onClose }: Props) {
  const { t } = useTranslation("list");
  const names = new Map(chosen.map((one) => [one.id, one.title]));
  const bad = results.filter((one) => !one.ok);
  const good = results.filter((one) => one.ok);
  return (
    <Drawer open title={t("bulkResult", { label, good: good.length, bad: bad.length })} onClose={onClose} size={440}>
      <ul className="results">
        {[...bad, ...good].map((one) => (
          <li key={one.id}>
            {one.ok ? (
              <CheckCircleFilled className="is-good" aria-label={t("succeeded")} />
            ) : (
              <CloseCircleFilled className="is-bad" aria-label={t("refused")} />
            )}
            <div>
              <Link to={`/${form}/${one.id}`}>{names.get(one.id) ?? `#${one.id}`}</Link>
              {one.problem && <Reasons problem={one.problem} />}
            </div>
          </li>
        ))}
      </ul>
    </Drawer>
  );
}

export function Reasons({ problem }: { problem: ProblemBody }) {
  const { t } = useTranslation();
  const causes = problem.problems.map((one) => one.text);
  if (problem.status === 0) return <p>{t("unreachable")}</p>;
  return (
    <>
      <p>{problem.detail}</p>
      {causes.length > 0 && !(causes.length === 1 && causes[0] === problem.detail) && (
        <ul className="causes">
          {[...new Set(causes)].map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
    </>
  );
}
