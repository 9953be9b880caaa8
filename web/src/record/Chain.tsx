/** The documents before and after this one, as a chain to walk along. */
import { Tag } from "antd";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Form, RecordPage, Related } from "@/api/types";

export const Chain = memo(function Chain({ form, page }: { form: Form; page: RecordPage }) {
  const { t } = useTranslation("record");
  const { before, after } = page.related;
  if (before.length + after.length === 0) return null;
  return (
    <nav className="chain" aria-label={t("related")}>
      {before.length > 0 && <Group records={before} />}
      <div className="chain-here" aria-current="page">
        <span className="soft">{form.label}</span>
        <b>{page.title ?? page.number ?? `#${page.id}`}</b>
      </div>
      {after.length > 0 && <Group records={after} />}
    </nav>
  );
});

function Group({ records }: { records: Related[] }) {
  return (
    <ul>
      {records.map((one) => (
        <li key={`${one.form} ${one.id}`}>
          <Link to={`/${one.form}/${one.id}`}>
            <span className="soft">{one.label}</span>
            <b>{one.title ?? one.number ?? `#${one.id}`}</b>
            {one.state_label && <Tag>{one.state_label}</Tag>}
          </Link>
        </li>
      ))}
    </ul>
  );
}
