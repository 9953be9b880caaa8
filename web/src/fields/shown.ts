/** Every value as plain text: for cells, clipboard, titles and searches. Pure. */
import type { Value } from "@/api/types";
import { figure, instantText } from "@/look/figures";
import { isBlank, isLinked, type Shape } from "./shape";

/** Where a flag is never shown. */
export const SILENT = { yes: "", no: "" };

/** `words`: yes and no in the reader's language. */
export function shown(shape: Shape, value: Value, words: { yes: string; no: string }): string {
  if (isBlank(value)) return "";
  switch (shape.kind) {
    case "number":
    case "quantity":
    case "price":
    case "money":
    case "percent":
      return figure(shape.kind, String(value));
    case "instant":
      return instantText(String(value));
    case "month":
      // Reports say the first day of a month.
      return String(value).slice(0, 7);
    case "flag":
      return value ? words.yes : words.no;
    case "choice":
      return shape.options?.[String(value)] ?? String(value);
    case "choices":
    case "tags":
      return (value as string[]).map((one) => shape.options?.[one] ?? one).join("、");
    case "link":
      return isLinked(value) ? (value.title ?? `#${value.id}`) : `#${String(value)}`;
    case "lines":
      return "";
    default:
      return String(value);
  }
}
