/** One value in a list: on one line, choices with their dot, and the record's name leading to the record. */
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Value } from "@/api/types";
import { isBlank, type Shape } from "@/fields/shape";
import { shown } from "@/fields/shown";
import { ValueText } from "@/fields/ValueText";
import { Tone } from "./Tone";

interface Props {
  shape: Shape;
  value: Value;
  /** The record, where this value is its name. */
  to?: string | undefined;
  leads?: boolean;
}

export const Cell = memo(function Cell({ shape, value, to, leads = true }: Props) {
  const { t } = useTranslation();
  if (to !== undefined) {
    const text = shown(shape, value, { yes: t("yes"), no: t("no") });
    return (
      <Link
        to={to}
        tabIndex={-1}
        className="list-name"
        state={{ from: window.location.pathname + window.location.search }}
      >
        {text || "–"}
      </Link>
    );
  }
  if (shape.kind === "choice" && !isBlank(value)) return <Tone options={shape.options} value={String(value)} />;
  return <ValueText shape={shape} value={value} leads={leads} />;
});
