/** What can be done with the record: save, the steps that are open, paper, copies, reversals and the bin. */
import {
  CommentOutlined,
  CopyOutlined,
  DeleteOutlined,
  EditOutlined,
  MoreOutlined,
  PrinterOutlined,
  RollbackOutlined,
} from "@ant-design/icons";
import { useMutation } from "@tanstack/react-query";
import { Button, Dropdown, type MenuProps, Tooltip } from "antd";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { Problem } from "@/api/client";
import { print as printFile } from "@/api/print";
import type { Form, OpenTransition, RecordPage } from "@/api/types";
import { useMessage } from "@/look/messages";
import { useShortcut, useWritten } from "@/look/shortcuts";
import { RuleButtons } from "@/rule/RuleButtons";
import type { Command } from "./commands";
import { leadsOn } from "./path";

/** Something to be done that is looked at first. */
export interface Doing {
  command: Command;
  label: string;
  transition?: string;
  irreversible?: string | null;
}

interface Props {
  form: Form;
  page: RecordPage | null;
  isDirty: boolean;
  isEditing: boolean;
  /** Documents of their first states are typed without being asked for. */
  typesAtOnce: boolean;
  mayEdit: boolean;
  isBusy: boolean;
  narrow: boolean;
  /** Whether activity and files are in sight; null where they always are, or are not there. */
  isSideOpen: boolean | null;
  onSide: () => void;
  onSave: () => void;
  onStep: (name: string) => void;
  onEdit: () => void;
  onDiscard: () => void;
  onDo: (doing: Doing) => void;
  onBin: () => void;
}

export const Actions = memo(function Actions(props: Props) {
  const { form, page, isDirty, isEditing, typesAtOnce, mayEdit, isBusy, narrow } = props;
  const { t } = useTranslation("record");
  const navigate = useNavigate();
  const message = useMessage();
  const written = useWritten();
  const steps = stepsOf(form, page);
  // What the great button and its key do leads on; giving up or going back is never one keystroke away.
  // A step that edits leads nowhere by itself.
  const editing = new Set(form.transitions.filter((one) => (one.edits ?? []).length > 0).map((one) => one.name));
  const main = steps.find(
    (one) => one.is_allowed && (page === null || (leadsOn(form, page.state, one.to) && !editing.has(one.name))),
  );
  const prints = form.prints ?? [];
  const print = useMutation({
    mutationFn: (name: string) => printFile(`${form.form}/${page?.id}/print/${name}`),
    onError: (error) => void message.error(error instanceof Problem ? error.body.detail : t("common:somethingWrong")),
  });
  const mayPrint = page !== null && prints.length > 0;
  const maySave = isEditing && (isDirty || page === null);
  useShortcut({ keys: "$mod+S", label: t("common:save"), disabled: !isEditing }, props.onSave);
  useShortcut({ keys: "$mod+Enter", label: main?.label ?? t("mainStep"), disabled: !main || isBusy }, () => {
    if (main) props.onStep(main.name);
  });
  useShortcut({ keys: "$mod+P", label: t("common:print"), disabled: !mayPrint }, () =>
    print.mutate(prints[0]?.name ?? ""),
  );
  useShortcut({ keys: "E", label: t("common:edit"), disabled: !mayEdit || isEditing }, props.onEdit);

  const saveIsMain = maySave && (!main || form.kind === "master");
  const save = isEditing && (
    <Tooltip title={`${t("common:save")} ${written("$mod+S")}`}>
      <Button
        type={saveIsMain ? "primary" : "default"}
        disabled={!maySave}
        loading={isBusy && saveIsMain}
        onClick={props.onSave}
      >
        {t("common:save")}
      </Button>
    </Tooltip>
  );
  const edit = mayEdit && !isEditing && (
    <Tooltip title={`${t("common:edit")} E`}>
      <Button icon={<EditOutlined aria-hidden="true" />} onClick={props.onEdit}>
        {t("common:edit")}
      </Button>
    </Tooltip>
  );
  const discard = isEditing && page !== null && (isDirty || !typesAtOnce) && (
    <Button type="text" onClick={props.onDiscard}>
      {isDirty ? t("discard") : t("common:cancel")}
    </Button>
  );
  const stepButtons = steps.map((one) => (
    <StepButton
      key={one.name}
      step={one}
      isMain={one === main && !saveIsMain}
      label={isDirty || page === null ? t("saveAnd", { label: one.label }) : one.label}
      hint={narrow ? null : [one.label, one === main ? written("$mod+Enter") : ""].join(" ")}
      isBusy={isBusy}
      onStep={props.onStep}
    />
  ));
  const more = moreItems();
  const moreButton = more.length > 0 && (
    <Dropdown menu={{ items: more }} trigger={["click"]}>
      <Button icon={<MoreOutlined aria-hidden="true" />} aria-label={t("common:more")} />
    </Dropdown>
  );
  const ruleButtons = page !== null && (page.buttons ?? []).length > 0 && (
    <RuleButtons form={form.form} id={page.id} buttons={page.buttons ?? []} isDirty={isDirty} />
  );
  const why = steps.filter((one) => !one.is_allowed && one.reasons.length > 0);
  return (
    <div className="record-actions">
      <div className={narrow ? "action-bar" : "action-row"}>
        {discard}
        {edit}
        {props.isSideOpen !== null && (
          <Tooltip title={t("side")}>
            <Button
              icon={<CommentOutlined aria-hidden="true" />}
              aria-label={t("side")}
              aria-expanded={props.isSideOpen}
              aria-controls="record-side"
              onClick={props.onSide}
            />
          </Tooltip>
        )}
        {!narrow && page !== null && printButton()}
        {moreButton}
        {!narrow && ruleButtons}
        {save}
        {narrow ? stepButtons.slice(0, 2) : stepButtons}
      </div>
      {narrow && ruleButtons && <div className="action-row">{ruleButtons}</div>}
      {why.map((one) => (
        <p key={one.name} className="why-not">
          {t("whyNot", { label: one.label, reasons: one.reasons.join("；") })}
        </p>
      ))}
    </div>
  );

  function printButton() {
    const first = prints[0];
    if (!first || page === null) return null;
    const button = (
      <Tooltip title={`${t("common:print")} ${written("$mod+P")}`}>
        <Button
          icon={<PrinterOutlined aria-hidden="true" />}
          loading={print.isPending}
          onClick={() => prints.length === 1 && print.mutate(first.name)}
        >
          {prints.length === 1 ? first.label : t("common:print")}
        </Button>
      </Tooltip>
    );
    if (prints.length === 1) return button;
    const items = prints.map((one) => ({ key: one.name, label: one.label, onClick: () => print.mutate(one.name) }));
    return (
      <Dropdown menu={{ items }} trigger={["click"]}>
        {button}
      </Dropdown>
    );
  }

  function moreItems(): NonNullable<MenuProps["items"]> {
    if (page === null) return [];
    const items: NonNullable<MenuProps["items"]> = [];
    if (narrow) {
      for (const one of steps.slice(2)) {
        items.push({
          key: one.name,
          label: one.label,
          disabled: !one.is_allowed,
          onClick: () => props.onStep(one.name),
        });
      }
      for (const one of prints) {
        items.push({
          key: `print ${one.name}`,
          icon: <PrinterOutlined aria-hidden="true" />,
          label: one.label,
          onClick: () => print.mutate(one.name),
        });
      }
    }
    if (form.rights.create !== "none" && !form.singleton) {
      items.push({
        key: "copy",
        icon: <CopyOutlined aria-hidden="true" />,
        label: t("common:copy"),
        onClick: () => navigate(`/${form.form}/new?copy=${page.id}`),
      });
    }
    for (const step of page.steps.filter((one) => one.reversible)) {
      const label = t("reverse", { label: step.label });
      const command: Command = { do: "reverse", form: form.form, id: page.id, step: step.id, followers: false };
      items.push({
        key: `reverse ${step.id}`,
        icon: <RollbackOutlined aria-hidden="true" />,
        label,
        onClick: () => props.onDo({ command, label }),
      });
    }
    if (page.deletable) {
      items.push({ type: "divider" });
      items.push({
        key: "bin",
        icon: <DeleteOutlined aria-hidden="true" />,
        danger: true,
        label: t("bin"),
        onClick: props.onBin,
      });
    }
    return items;
  }
});

interface StepProps {
  step: OpenTransition;
  isMain: boolean;
  label: string;
  /** What stands beside it when it is pointed at; nobody points on a phone. */
  hint: string | null;
  isBusy: boolean;
  onStep: (name: string) => void;
}

function StepButton({ step, isMain, label, hint, isBusy, onStep }: StepProps) {
  return (
    <Tooltip title={step.is_allowed ? hint : step.reasons.join("；")}>
      <Button
        type={isMain ? "primary" : "default"}
        disabled={!step.is_allowed}
        loading={isBusy && isMain}
        onClick={() => onStep(step.name)}
      >
        {label}
      </Button>
    </Tooltip>
  );
}

/** The steps that are open to the record; to a new one, those that lead on from where it will begin: nobody makes one to give it up. */
function stepsOf(form: Form, page: RecordPage | null): OpenTransition[] {
  if (page?.deleted_at) return [];
  // While others are asked, the bar over the record says so: steps that wait for them need not say it again.
  if (page !== null) return page.flow ? page.transitions.filter((one) => one.is_allowed) : page.transitions;
  const first = form.states[0]?.name ?? "";
  return form.transitions
    .filter((one) => one.may_run && one.from.includes(first) && leadsOn(form, first, one.to))
    .map((one) => ({ name: one.name, label: one.label, to: one.to, is_allowed: true, reasons: [] }));
}
