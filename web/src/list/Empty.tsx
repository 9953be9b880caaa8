/** A list without rows says why, and what to do about it. */
import { Button, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Form } from "@/api/types";
import { useLate } from "@/look/useLate";
import { type Asked, isNarrowed } from "./address";

interface Props {
  form: Form;
  asked: Asked;
  mayCreate: boolean;
  onClear: () => void;
  onLeaveBin: () => void;
}

export function Empty({ form, asked, mayCreate, onClear, onLeaveBin }: Props) {
  const { t } = useTranslation("list");
  if (isNarrowed(asked))
    return (
      <div className="list-empty" role="status">
        <h2>{t("noMatch")}</h2>
        <p className="soft">{t("noMatchHelp")}</p>
        <Button onClick={onClear}>{t("clearAll")}</Button>
      </div>
    );
  if (asked.bin)
    return (
      <div className="list-empty" role="status">
        <h2>{t("binEmpty")}</h2>
        <p className="soft">{t("binEmptyHelp")}</p>
        <Button onClick={onLeaveBin}>{t("leaveBin")}</Button>
      </div>
    );
  return (
    <div className="list-empty" role="status">
      <h2>{t("none", { form: form.label })}</h2>
      {form.help && <p className="soft">{form.help}</p>}
      <div className="list-empty-do">
        {mayCreate && (
          <Link className="list-new" to={`/${form.form}/new`}>
            {t("makeFirst")}
          </Link>
        )}
        {form.rights.import && (
          <Link className="list-other" to={`/${form.form}/import`}>
            {t("importThem")}
          </Link>
        )}
      </div>
      {!mayCreate && <p className="soft">{t("noneForYou")}</p>}
    </div>
  );
}

/** Lines that stand for rows, once they take longer than a moment. */
export function Slow() {
  return <div className="list-slow">{useLate() && <Skeleton active title={false} paragraph={{ rows: 10 }} />}</div>;
}
