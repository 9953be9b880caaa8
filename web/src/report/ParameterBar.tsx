/** What is asked before figures are read, in one line: changed, they are read anew. */
import { DatePicker } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useTranslation } from "react-i18next";
import type { Kind, Linked, Value } from "@/api/types";
import { FieldEditor } from "@/fields/FieldEditor";
import { isLinked, type Shape } from "@/fields/shape";
import { daysOf, SPANS } from "./spans";

export interface Asking {
  name: string;
  kind: Kind;
  label: string;
  to: string | null;
  options?: Record<string, string>;
  /** Nothing is shown before it is given. */
  required?: boolean;
}

interface Props {
  parameters: readonly Asking[];
  /** The values that the server used, defaults included. */
  given: Record<string, Value>;
  /** As they stand in the address. */
  asked: Record<string, string>;
  onChange: (change: Record<string, string | null>) => void;
}

const DAY = "YYYY-MM-DD";

export function ParameterBar({ parameters, given, asked, onChange }: Props) {
  const { t } = useTranslation("report");
  if (parameters.length === 0) return null;
  const day = (name: string) => parameters.find((one) => one.name === name && one.kind === "date");
  const from = day("from");
  const to = day("to");
  const isSpan = from !== undefined && to !== undefined;
  return (
    <fieldset className="parameters">
      <legend className="unseen">{t("parameters")}</legend>
      {isSpan && (
        <div className="parameter is-span">
          <span className="soft">{t("span")}</span>
          <SpanPicker
            labels={[from.label, to.label]}
            value={[given.from ?? asked.from ?? null, given.to ?? asked.to ?? null]}
            onChange={([first, last]) => onChange({ from: first, to: last })}
          />
        </div>
      )}
      {parameters
        .filter((one) => !isSpan || (one !== from && one !== to))
        .map((one) => {
          const shape: Shape = {
            kind: one.kind,
            label: one.label,
            ...(one.to ? { to: one.to } : {}),
            ...(one.options ? { options: one.options } : {}),
          };
          const value = startOf(shape, given[one.name], asked[one.name]);
          return (
            // biome-ignore lint/a11y/noLabelWithoutControl: the editor inside is the control
            <label key={one.name} className="parameter">
              <span className="soft">{one.label}</span>
              <FieldEditor
                shape={shape}
                value={value}
                label={one.label}
                placeholder={t(one.required ? "choose" : "any")}
                onChange={(changed) => onChange({ [one.name]: textOf(changed) })}
              />
            </label>
          );
        })}
    </fieldset>
  );
}

type Ends = [string | null, string | null];

/** From one day to another, with the spans that are asked for again and again a click away. */
function SpanPicker({
  labels,
  value,
  onChange,
}: {
  labels: [string, string];
  value: [Value, Value];
  onChange: (ends: Ends) => void;
}) {
  const { t } = useTranslation("report");
  const today = new Date();
  const presets = SPANS.map((span) => {
    const [first, last] = daysOf(span, today);
    return { label: t(`spans.${span}`), value: [dayjs(first), dayjs(last)] as [Dayjs, Dayjs] };
  });
  const dayIn = (one: Value) => (one ? dayjs(String(one), DAY) : null);
  return (
    <DatePicker.RangePicker
      allowEmpty
      format={DAY}
      presets={presets}
      value={[dayIn(value[0]), dayIn(value[1])]}
      placeholder={labels}
      aria-label={labels.join(" – ")}
      onChange={(days) => onChange([days?.[0]?.format(DAY) ?? null, days?.[1]?.format(DAY) ?? null])}
    />
  );
}

function startOf(shape: Shape, used: Value, asked: string | undefined): Value {
  if (shape.kind === "flag") return /^true$/i.test(String(used ?? asked ?? ""));
  if (shape.kind !== "link") return used ?? asked ?? null;
  if (isLinked(used as Value)) return used;
  const id = Number(used ?? asked);
  return id ? ({ id, title: null } satisfies Linked) : null;
}

function textOf(value: Value): string | null {
  if (value === null || value === undefined) return null;
  return isLinked(value) ? String(value.id) : String(value);
}
