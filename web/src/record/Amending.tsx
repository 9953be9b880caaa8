/** A step that edits, while what it opens is typed: what is being done, the way on to its effects, and the way out. */
import { EditOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { memo, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Form, Transition } from "@/api/types";
import { useShortcut, useWritten } from "@/look/shortcuts";

interface ActionProps {
  step: Transition;
  isBusy: boolean;
  narrow: boolean;
  onStep: (name: string) => void;
  onCancel: () => void;
}

/** What lies over the page and takes Escape for itself. */
const OVER = [
  ".ant-select-dropdown:not(.ant-select-dropdown-hidden)",
  ".ant-picker-dropdown:not(.ant-picker-dropdown-hidden)",
  ".ant-popover:not(.ant-popover-hidden)",
  ".ant-modal-wrap",
  ".ant-drawer-open",
].join();

/** In place of all other steps: nothing else is done with a record that is being amended. */
export const AmendActions = memo(function AmendActions({ step, isBusy, narrow, onStep, onCancel }: ActionProps) {
  const { t } = useTranslation("record");
  const written = useWritten();
  const act = () => onStep(step.name);
  const label = t("saveAnd", { label: step.label });
  useShortcut({ keys: "$mod+S", label }, act);
  useShortcut({ keys: "$mod+Enter", label }, act);
  // What was open over the page is looked for before anything that hears the key closes it.
  const wasOver = useRef(false);
  useEffect(() => {
    const look = (event: KeyboardEvent) => {
      if (event.key === "Escape") wasOver.current = document.querySelector(OVER) !== null;
    };
    window.addEventListener("keydown", look, true);
    return () => window.removeEventListener("keydown", look, true);
  }, []);
  useShortcut({ keys: "Escape", label: t("common:cancel"), whileTyping: true }, () => {
    if (!wasOver.current) onCancel();
  });
  return (
    <div className="record-actions">
      <div className={narrow ? "action-bar" : "action-row"}>
        <Button type="text" onClick={onCancel}>
          {t("common:cancel")}
        </Button>
        <Tooltip title={narrow ? null : written("$mod+Enter")}>
          <Button type="primary" loading={isBusy} onClick={act}>
            {label}
          </Button>
        </Tooltip>
      </div>
    </div>
  );
});

/** Over the fields: which step they are open for, and that nothing happens before it is confirmed. */
export function AmendNote({ form, step }: { form: Form; step: Transition }) {
  const { t } = useTranslation("record");
  const hasRows = form.fields.some((one) => one.kind === "lines" && step.edits?.includes(one.name));
  return (
    <p className="amending" role="status">
      <EditOutlined aria-hidden="true" />
      <span>
        <strong>{t("amending.title", { label: step.label })}</strong> {t("amending.help")}
        {hasRows && ` ${t("amending.rows")}`}
      </span>
    </p>
  );
}
