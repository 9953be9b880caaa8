/** One field of a record: its label, and its value to read or to type. */
import { QuestionCircleOutlined } from "@ant-design/icons";
import { Tooltip } from "antd";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Field, Value } from "@/api/types";
import { FieldEditor } from "@/fields/FieldEditor";
import { LinkText } from "@/fields/LinkText";
import { isLinked, shapeOf } from "@/fields/shape";
import { ValueText } from "@/fields/ValueText";
import type { CellState } from "@/lines/LinesGrid";
import { same } from "./values";

interface Props {
  field: Field;
  value: Value;
  state: CellState;
  isEditing: boolean;
  error: string | undefined;
  onChange: (field: Field, value: Value) => void;
  /** Opens what the figure is made of. */
  onWhy: ((field: Field) => void) | null;
  autoFocus?: boolean;
}

const WIDE = new Set(["long_text", "choices", "tags"]);

export const Cell = memo(function Cell({ field, value, state, isEditing, error, onChange, onWhy, autoFocus }: Props) {
  const { t } = useTranslation("record");
  const shape = shapeOf(field);
  const id = `field-${field.name}`;
  const isTyped = isEditing && state.editable;
  const explains = onWhy && (field.formula || field.meter) && !isTyped;
  return (
    <div className={WIDE.has(field.kind) ? "cell wide" : "cell"} data-wrong={error ? true : undefined}>
      <label className="cell-label" htmlFor={isTyped ? id : undefined} id={`${id}-label`}>
        {field.label}
        {isTyped && state.required && (
          <span className="cell-must" role="img" aria-label={t("common:required")}>
            *
          </span>
        )}
        {field.help && (
          <Tooltip title={field.help}>
            <QuestionCircleOutlined className="cell-help" aria-label={field.help} />
          </Tooltip>
        )}
      </label>
      {isTyped ? (
        <FieldEditor
          id={id}
          shape={shape}
          value={value}
          onChange={(given) => onChange(field, given)}
          status={error ? "error" : undefined}
          describedBy={error ? `${id}-wrong` : undefined}
          autoFocus={autoFocus ?? false}
        />
      ) : (
        <div className="cell-value">
          {explains ? (
            <button
              type="button"
              className="asks"
              onClick={() => onWhy(field)}
              id={`${id}-why`}
              aria-labelledby={`${id}-label ${id}-why`}
              title={t("why.of", { label: field.label })}
            >
              <ValueText shape={shape} value={value} leads={false} />
            </button>
          ) : field.kind === "link" && isLinked(value) ? (
            <LinkText shape={shape} value={value} />
          ) : (
            <ValueText shape={shape} value={value} />
          )}
        </div>
      )}
      {error && (
        <div className="wrong" id={`${id}-wrong`} role="alert">
          {error}
        </div>
      )}
    </div>
  );
}, isSame);

/** Whether nothing of it has to be drawn anew: computed links and states are made anew with every key, and say the same. */
function isSame(before: Props, after: Props): boolean {
  const { value: was, state: stood, ...others } = before;
  const { value, state, ...rest } = after;
  return (
    same(was, value) &&
    (!isLinked(value) || !isLinked(was) || was.title === value.title) &&
    stood.visible === state.visible &&
    stood.editable === state.editable &&
    stood.required === state.required &&
    Object.entries(rest).every(([name, one]) => others[name as keyof typeof others] === one)
  );
}
