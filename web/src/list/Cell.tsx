/** One value in a list: on one line, choices with their dot, and the record's name leading to the record. */
import { memo } from "react";
import { Link } from "react-router";
import type { Value } from "@/api/types";
import { isBlank, type Shape } from "@/fields/shape";
import { SILENT, shown } from "@/fields/shown";
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
  if (to !== undefined) {
    return (
      <Link
        to={to}
        tabIndex={-1}
        className="list-name"
        state={{ from: window.location.pathname + window.location.search }}
      >
        {shown(shape, value, SILENT) || "–"}
      </Link>
    );
  }
  if (shape.kind === "choice" && !isBlank(value)) return <Tone options={shape.options} value={String(value)} />;
  return <ValueText shape={shape} value={value} leads={leads} />;
});
