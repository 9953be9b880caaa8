/** What a record is about, in a few words; figures and days as everywhere else, once its form is described. */
import { useQuery } from "@tanstack/react-query";
import { formQuery } from "@/api/queries";
import type { Form } from "@/api/types";
import { FIGURES, figure, instantText } from "@/look/figures";
import type { FlowRow } from "./flows";

type Said = FlowRow["summary"][number];

export function useSummary(flow: Pick<FlowRow, "form" | "readable" | "summary">): Said[] {
  const described = useQuery({ ...formQuery(flow.form), enabled: flow.readable && flow.summary.length > 0 });
  return flow.summary.map((one) => ({ ...one, text: saidText(described.data, one) }));
}

/** The server tells values as they are kept; the field's kind says how they are read. */
export function saidText(form: Form | undefined, { field, text }: Said): string {
  const kind = form?.fields.find((one) => one.name === field)?.kind;
  if (!kind) return text;
  if (FIGURES.has(kind)) return figure(kind, text);
  return kind === "instant" ? instantText(text) : text;
}
