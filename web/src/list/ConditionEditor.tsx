/** One condition in the making: field, comparison, value. */
import { Button, Select, Tag } from "antd";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Linked, Value } from "@/api/types";
import { FieldEditor } from "@/fields/FieldEditor";
import type { Shape } from "@/fields/shape";
import type { Column } from "./columns";
import { type Condition, comparisonsOf, fitting, isWhole, operandOf, PERIODS, shownOp } from "./condition";
import { opText } from "./sentence";
import { useTitles } from "./titles";

interface Props {
  columns: Column[];
  condition?: Condition | undefined;
  onDone: (condition: Condition) => void;
  /** Take it over, and say another of which either will do. */
  onEither?: ((condition: Condition) => void) | undefined;
}

export function ConditionEditor({ columns, condition, onDone, onEither }: Props) {
  const { t } = useTranslation("list");
  const open = columns.filter((one) => one.canFilter);
  const [field, setField] = useState(condition?.field ?? null);
  const [op, setOp] = useState(condition ? shownOp(condition) : "");
  const [value, setValue] = useState<unknown>(condition?.value);
  const column = open.find((one) => one.key === field);
  const result: Condition | null =
    column && op
      ? operandOf(op) === "none"
        ? { field: column.key, op }
        : { field: column.key, op: op === "period" ? "between" : op, value }
      : null;
  const isReady = result !== null && isWhole(result);

  const choose = (key: string) => {
    const next = open.find((one) => one.key === key);
    const first = next ? (comparisonsOf(next.shape.kind)[0] ?? "") : "";
    setField(key);
    setOp(first);
    setValue(next?.shape.kind === "flag" ? true : fitting(first, undefined));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.nativeEvent.isComposing || !isReady || !result) return;
    const isTyped = event.target instanceof HTMLInputElement && event.target.getAttribute("role") !== "combobox";
    if (!isTyped) return;
    event.preventDefault();
    // What was typed last is taken over when the control hears of it.
    onDone(result);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Enter in a control is the button below
    <div className="filter-editor" onKeyDown={onKeyDown}>
      <Select
        aria-label={t("field")}
        autoFocus={!condition}
        defaultOpen={!condition}
        placeholder={t("chooseField")}
        showSearch={{ optionFilterProp: "label" }}
        value={field}
        options={open.map((one) => ({ value: one.key, label: one.shape.label }))}
        onChange={choose}
      />
      {column && (
        <>
          {comparisonsOf(column.shape.kind).length > 1 && (
            <Select
              aria-label={t("comparison")}
              value={op}
              options={comparisonsOf(column.shape.kind).map((one) => ({
                value: one,
                label: opText(t, one, column.shape.kind),
              }))}
              onChange={(next: string) => {
                setOp(next);
                setValue(fitting(next, value));
              }}
            />
          )}
          <Operand shape={column.shape} op={op} value={value} onChange={setValue} />
          <div className="filter-do">
            {onEither && (
              <Button type="text" disabled={!isReady} onClick={() => result && onEither(result)}>
                {t("orElse")}
              </Button>
            )}
            <Button type="primary" disabled={!isReady} onClick={() => result && onDone(result)}>
              {t("apply")}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}

interface OperandProps {
  shape: Shape;
  op: string;
  value: unknown;
  onChange: (value: unknown) => void;
}

function Operand({ shape, op, value, onChange }: OperandProps) {
  const { t } = useTranslation("list");
  const one = shape.kind === "long_text" ? { ...shape, kind: "text" as const } : shape;
  switch (operandOf(op)) {
    case "none":
      return null;
    case "period":
      return (
        <Select
          aria-label={t("value")}
          value={value as string}
          options={PERIODS.map((period) => ({ value: period, label: t(`period.${period}`) }))}
          onChange={onChange}
        />
      );
    case "pair": {
      const [low, high] = Array.isArray(value) ? value : [null, null];
      return (
        <div className="filter-pair">
          <FieldEditor shape={one} label={t("from")} value={low as Value} onChange={(next) => onChange([next, high])} />
          <span className="soft">–</span>
          <FieldEditor
            shape={one}
            label={t("until")}
            value={high as Value}
            onChange={(next) => onChange([low, next])}
          />
        </div>
      );
    }
    case "many":
      if (shape.kind === "link") return <Several shape={shape} value={(value as number[]) ?? []} onChange={onChange} />;
      return (
        <FieldEditor
          shape={{ ...shape, kind: shape.kind === "choice" ? "choices" : shape.kind }}
          label={t("value")}
          value={(value as string[]) ?? []}
          onChange={onChange}
        />
      );
    default:
      if (shape.kind === "flag")
        return (
          <Select
            aria-label={t("value")}
            value={value === false ? "no" : "yes"}
            options={[
              { value: "yes", label: t("common:yes") },
              { value: "no", label: t("common:no") },
            ]}
            onChange={(next) => onChange(next === "yes")}
          />
        );
      return <FieldEditor shape={one} label={t("value")} value={value as Value} onChange={onChange} />;
  }
}

/** Several records of a form, one after another. */
function Several({ shape, value, onChange }: { shape: Shape; value: number[]; onChange: (value: number[]) => void }) {
  const { t } = useTranslation("list");
  const { to = "" } = shape;
  const titles = useTitles(value.map((id) => ({ form: to, id })));
  return (
    <div className="filter-several">
      {value.length > 0 && (
        <div>
          {value.map((id) => (
            <Tag key={id} closable onClose={() => onChange(value.filter((one) => one !== id))}>
              {titles(to, id)}
            </Tag>
          ))}
        </div>
      )}
      <FieldEditor
        key={value.length}
        shape={{ ...shape, mayCreate: false }}
        label={t("value")}
        value={null}
        onChange={(linked) => {
          const id = (linked as Linked | null)?.id;
          if (id !== undefined && !value.includes(id)) onChange([...value, id]);
        }}
      />
    </div>
  );
}
