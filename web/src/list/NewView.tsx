/** What a view is to be called, who sees it, and whether the list begins with it. */
import { Button, Checkbox, Input } from "antd";
import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ViewGiven } from "./keptViews";

const LONGEST = 60;

export function NewView({ isBusy, onSave }: { isBusy: boolean; onSave: (given: ViewGiven) => void }) {
  const { t } = useTranslation("list");
  const id = useId();
  const [name, setName] = useState("");
  const [isShared, setShared] = useState(false);
  const [isFirst, setFirst] = useState(false);
  const [isTried, setTried] = useState(false);
  const isMissing = isTried && name.trim() === "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() !== "" && !isBusy) onSave({ name: name.trim(), shared: isShared, default: isFirst });
  };
  return (
    <form className="view-new" noValidate onSubmit={submit}>
      <label htmlFor={id}>{t("viewName")}</label>
      <Input
        id={id}
        autoFocus
        maxLength={LONGEST}
        value={name}
        onChange={(event) => setName(event.target.value)}
        {...(isMissing && { status: "error" as const, "aria-invalid": true })}
      />
      {isMissing && (
        <span role="alert" className="negative">
          {t("common:required")}
        </span>
      )}
      <Checkbox checked={isShared} onChange={(event) => setShared(event.target.checked)}>
        {t("shareWithAll")}
      </Checkbox>
      <Checkbox checked={isFirst} onChange={(event) => setFirst(event.target.checked)}>
        {t("beginHere")}
      </Checkbox>
      <Button type="primary" htmlType="submit" loading={isBusy}>
        {t("common:save")}
      </Button>
    </form>
  );
}
