/** The head of a record: which form, which record, where it stands, and the way to the next one of the list. */
import { LeftOutlined, RightOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { memo, type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useNavigate } from "react-router";
import type { Form, RecordPage, Values } from "@/api/types";
import { shapeOf } from "@/fields/shape";
import { SILENT, shown as shownText } from "@/fields/shown";
import type { Neighbours } from "@/fields/walk";
import { useShortcut } from "@/look/shortcuts";
import { pathOf } from "./path";

interface Props {
  form: Form;
  page: RecordPage | null;
  shown: Values;
  walk: Neighbours | null;
  isDirty: boolean;
  children: ReactNode;
}

export function Head({ form, page, shown, walk, isDirty, children }: Props) {
  const { t } = useTranslation("record");
  const title = titleOf(form, page, shown) || t("newOf", { label: form.label });
  const state = page ? page.state : form.states[0]?.name;
  useEffect(() => {
    document.title = `${isDirty ? "• " : ""}${title} · ${form.label}`;
  }, [title, form.label, isDirty]);
  return (
    <header className="record-head">
      <div className="record-top">
        <div className="record-name">
          <nav className="record-trail">
            {form.singleton ? form.label : <Link to={`/${form.form}`}>{form.label}</Link>}
            {walk && walk.of > 1 && <Walk form={form.form} walk={walk} />}
          </nav>
          <h1>
            <span className="record-title">{title}</span>
            {page?.state_label && <span className={`pill ${pillOf(form, page)}`}>{page.state_label}</span>}
            {page?.deleted_at && <span className="pill gone">{t("inBin")}</span>}
            {isDirty && <span className="pill dirty">{t("unsaved")}</span>}
          </h1>
        </div>
        {children}
      </div>
      {form.states.length > 1 && (
        <ol className="road" aria-label={t("states")}>
          {pathOf(form, state).map((stop) => (
            <li key={stop.name} className={stop.is} aria-current={stop.is === "now" ? "step" : undefined}>
              {stop.label}
            </li>
          ))}
        </ol>
      )}
    </header>
  );
}

const Walk = memo(function Walk({ form, walk }: { form: string; walk: Neighbours }) {
  const { t } = useTranslation("record");
  const navigate = useNavigate();
  const { state } = useLocation();
  const go = (id: number | null) => id !== null && navigate(`/${form}/${id}`, { replace: true, state });
  useShortcut({ keys: "Alt+ArrowLeft", label: t("before"), disabled: walk.before === null }, () => go(walk.before));
  useShortcut({ keys: "Alt+ArrowRight", label: t("after"), disabled: walk.after === null }, () => go(walk.after));
  return (
    <span className="walk">
      <Tooltip title={`${t("before")} Alt+←`}>
        <Button
          type="text"
          size="small"
          icon={<LeftOutlined aria-hidden="true" />}
          aria-label={t("before")}
          disabled={walk.before === null}
          onClick={() => go(walk.before)}
        />
      </Tooltip>
      <span className="soft figure">
        {walk.at} / {walk.of}
      </span>
      <Tooltip title={`${t("after")} Alt+→`}>
        <Button
          type="text"
          size="small"
          icon={<RightOutlined aria-hidden="true" />}
          aria-label={t("after")}
          disabled={walk.after === null}
          onClick={() => go(walk.after)}
        />
      </Tooltip>
    </span>
  );
});

/** What it is called: as it is typed now, as it was stored, or by its number. */
function titleOf(form: Form, page: RecordPage | null, shown: Values): string {
  const field = form.fields.find((one) => one.name === form.title);
  const own = field ? shownText(shapeOf(field), shown[field.name], SILENT) : "";
  return own || page?.title || page?.number || (page ? `#${page.id}` : "");
}

/** Where it can go on from is under way; where nothing leads on is at its end. */
function pillOf(form: Form, page: RecordPage): "begun" | "under-way" | "over" {
  if (page.state === form.states[0]?.name) return "begun";
  return form.transitions.some((one) => one.from.includes(page.state ?? "") && one.to !== page.state)
    ? "under-way"
    : "over";
}
