/** One control for each kind of field: what a value is typed with, in a form, a filter or a dialog. */
import { Checkbox, DatePicker, Input, InputNumber, Select, Switch } from "antd";
import dayjs from "dayjs";
import type { Ref } from "react";
import type { Value } from "@/api/types";
import { LinkPicker } from "./LinkPicker";
import { isLinked, type Shape } from "./shape";

export interface EditorProps {
  shape: Shape;
  value: Value;
  onChange: (value: Value) => void;
  id?: string;
  /** What it is called, where no label stands beside it. */
  label?: string;
  disabled?: boolean;
  status?: "error" | "warning" | undefined;
  autoFocus?: boolean;
  /** A calendar stands open from the beginning. */
  isOpen?: boolean;
  describedBy?: string | undefined;
  /** What stands in a choice while nothing is chosen. */
  placeholder?: string;
  ref?: Ref<HTMLElement>;
}

const DAY = "YYYY-MM-DD";
const MONTH = "YYYY-MM";

export function FieldEditor({ shape, value, onChange, label, status, describedBy, placeholder, ...rest }: EditorProps) {
  const common = {
    ...(rest.id === undefined ? {} : { id: rest.id }),
    disabled: rest.disabled ?? false,
    autoFocus: rest.autoFocus ?? false,
    status: status ?? ("" as const),
    "aria-label": label,
    "aria-describedby": describedBy,
    "aria-invalid": status === "error",
  };
  switch (shape.kind) {
    case "long_text":
      return (
        <Input.TextArea
          {...common}
          autoSize={{ minRows: 2, maxRows: 10 }}
          value={(value as string) ?? ""}
          onChange={(event) => onChange(event.target.value || null)}
        />
      );
    case "number":
    case "quantity":
    case "price":
    case "money":
      return (
        <InputNumber<string>
          {...common}
          stringMode
          controls={false}
          className="figure-input"
          value={(value as string) ?? null}
          inputMode="decimal"
          onChange={(given) => onChange(given === null || given === undefined ? null : String(given))}
        />
      );
    case "percent":
      return <PercentInput {...common} value={value} onChange={onChange} />;
    case "date":
    case "month": {
      const format = shape.kind === "date" ? DAY : MONTH;
      return (
        <DatePicker
          {...common}
          picker={shape.kind === "date" ? "date" : "month"}
          {...(rest.isOpen ? { defaultOpen: true } : {})}
          format={format}
          value={value ? dayjs(String(value), format) : null}
          onChange={(day) => onChange(day ? (day as dayjs.Dayjs).format(format) : null)}
        />
      );
    }
    case "instant":
      return (
        <DatePicker
          {...common}
          showTime={{ format: "HH:mm" }}
          format="YYYY-MM-DD HH:mm"
          value={value ? dayjs(String(value)) : null}
          onChange={(at) => onChange(at ? (at as dayjs.Dayjs).toISOString() : null)}
        />
      );
    case "flag":
      return (
        <Switch
          disabled={common.disabled}
          checked={value === true}
          onChange={(checked) => onChange(checked)}
          aria-label={label ?? shape.label}
          {...(rest.id === undefined ? {} : { id: rest.id })}
        />
      );
    case "choice":
      return (
        <Select
          {...common}
          allowClear
          showSearch={{ optionFilterProp: "label" }}
          {...(placeholder ? { placeholder } : {})}
          value={(value as string) ?? null}
          options={optionsOf(shape)}
          onChange={(chosen: string | null | undefined) => onChange(chosen ?? null)}
        />
      );
    case "choices":
      return Object.keys(shape.options ?? {}).length <= 6 ? (
        <Checkbox.Group
          disabled={common.disabled}
          value={(value as string[]) ?? []}
          options={optionsOf(shape)}
          onChange={(chosen) => onChange(chosen as string[])}
        />
      ) : (
        <Select
          {...common}
          mode="multiple"
          value={(value as string[]) ?? []}
          options={optionsOf(shape)}
          onChange={(chosen: string[]) => onChange(chosen)}
        />
      );
    case "tags":
      return (
        <Select
          {...common}
          mode="tags"
          value={(value as string[]) ?? []}
          onChange={(chosen: string[]) => onChange(chosen)}
        />
      );
    case "link":
      return (
        <LinkPicker
          {...common}
          {...(placeholder ? { placeholder } : {})}
          shape={shape}
          value={isLinked(value) ? value : null}
          onChange={(linked) => onChange(linked)}
        />
      );
    default:
      return (
        <Input
          {...common}
          {...(shape.length === undefined ? {} : { maxLength: shape.length })}
          type={shape.kind === "email" ? "email" : shape.kind === "phone" ? "tel" : "text"}
          value={(value as string) ?? ""}
          onChange={(event) => onChange(event.target.value || null)}
        />
      );
  }
}

function optionsOf(shape: Shape) {
  return Object.entries(shape.options ?? {}).map(([value, label]) => ({ value, label }));
}

interface PercentProps {
  value: Value;
  onChange: (value: Value) => void;
}

/** Stored as a share (`0.13`), typed as percent (`13`); the point is moved in text, so that nothing is rounded. */
function PercentInput({ value, onChange, ...rest }: PercentProps & Record<string, unknown>) {
  return (
    <InputNumber<string>
      {...rest}
      stringMode
      controls={false}
      suffix="%"
      className="figure-input"
      value={value === null || value === undefined ? null : moved(String(value), 2)}
      onChange={(given) => onChange(given === null || given === undefined ? null : moved(String(given), -2))}
    />
  );
}

/** The figure with its point moved to the right (or left) by some places. */
export function moved(figure: string, places: number): string {
  const negative = figure.startsWith("-");
  const [whole = "", fraction = ""] = figure.replace("-", "").split(".");
  const point = whole.length + places;
  const digits = point < 0 ? "0".repeat(-point) + whole + fraction : (whole + fraction).padEnd(point, "0");
  const at = Math.max(point, 0);
  const left = digits.slice(0, at).replace(/^0+(?=\d)/, "") || "0";
  const right = digits.slice(at).replace(/0+$/, "");
  return `${negative && /[1-9]/.test(digits) ? "-" : ""}${left}${right ? `.${right}` : ""}`;
}
