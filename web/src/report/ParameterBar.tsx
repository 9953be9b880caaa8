/** What a report asks its reader, in one line: changed, it answers anew. */
import { useTranslation } from "react-i18next";
import type { Linked, ReportDescription, Value } from "@/api/types";
import { FieldEditor } from "@/fields/FieldEditor";
import { isLinked, type Shape } from "@/fields/shape";
import type { Asked } from "./parameters";

interface Props {
  described: ReportDescription;
  /** The values that the server used, defaults included. */
  given: Record<string, Value>;
  asked: Asked;
  onChange: (change: Record<string, string | null>) => void;
}

export function ParameterBar({ described, given, asked, onChange }: Props) {
  const { t } = useTranslation("report");
  if (described.parameters.length === 0) return null;
  return (
    <fieldset className="parameters">
      <legend className="unseen">{t("parameters")}</legend>
      {described.parameters.map((one) => {
        const shape: Shape = { kind: one.kind, label: one.label, ...(one.to ? { to: one.to } : {}) };
        const value = startOf(shape, given[one.name], asked.parameters[one.name]);
        return (
          // biome-ignore lint/a11y/noLabelWithoutControl: the editor inside is the control
          <label key={one.name}>
            <span className="soft">{one.label}</span>
            <FieldEditor
              shape={shape}
              value={value}
              label={one.label}
              onChange={(to) => onChange({ [one.name]: textOf(to) })}
            />
          </label>
        );
      })}
    </fieldset>
  );
}

function startOf(shape: Shape, used: Value, asked: string | undefined): Value {
  if (shape.kind !== "link") return used ?? asked ?? null;
  if (isLinked(used as Value)) return used;
  const id = Number(used ?? asked);
  return id ? ({ id, title: null } satisfies Linked) : null;
}

function textOf(value: Value): string | null {
  if (value === null || value === undefined) return null;
  return isLinked(value) ? String(value.id) : String(value);
}
