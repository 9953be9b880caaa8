/** A condition as a sentence that people read: "Total is at least 100". */
import type { TFunction } from "i18next";
import type { Value } from "@/api/types";
import { shown } from "@/fields/shown";
import type { Column } from "./columns";
import { type Condition, isPeriod, operandOf, type Part, shownOp } from "./condition";

/** Days and instants have words of their own for some comparisons. */
export function opText(t: TFunction, op: string, kind: Column["shape"]["kind"]): string {
  const isDay = kind === "date" || kind === "instant" || kind === "month";
  return t(`list:op.${isDay && (op === "ge" || op === "le" || op === "eq") ? `${op}_day` : op}`);
}

/** Who tells the names of linked records. */
export type Titles = (form: string, id: number) => string;

/** Several conditions in one sentence: "State is Draft, or (Total is at least 100 and Day is in this month)". */
export function said(t: TFunction, part: Part, columns: Column[], titles: Titles, isInside = false): string {
  if ("field" in part) {
    const column = columns.find((one) => one.key === part.field);
    return sentence(t, part, column, (id) => titles(column?.shape.to ?? "", id));
  }
  const [parts, word] = "any" in part ? [part.any, "list:either"] : [part.all, "list:both"];
  const words = parts.map((one) => said(t, one, columns, titles, parts.length > 1)).join(t(word));
  return isInside && parts.length > 1 ? t("list:together", { words }) : words;
}

export function sentence(
  t: TFunction,
  condition: Condition,
  column: Column | undefined,
  titleOf: (id: number) => string,
): string {
  const shape = column?.shape ?? { kind: "text" as const, label: condition.field };
  const op = shownOp(condition);
  const say = (value: unknown) => {
    if (value === null || value === undefined || value === "") return "…";
    if (shape.kind === "link") return titleOf(Number(value));
    if (shape.kind === "choice" || shape.kind === "choices" || shape.kind === "tags")
      return shape.options?.[String(value)] ?? String(value);
    return shown(shape, value as Value, { yes: t("common:yes"), no: t("common:no") });
  };
  const { value } = condition;
  const words = [shape.label, opText(t, op, shape.kind)];
  switch (operandOf(op)) {
    case "none":
      break;
    case "many": {
      const many = Array.isArray(value) ? value : [];
      const few = many.slice(0, 3).map(say).join(t("list:or"));
      words.push(many.length > 3 ? t("list:andMore", { few, count: many.length - 3 }) : few);
      break;
    }
    case "period":
      words.push(isPeriod(value) ? t(`list:period.${value}`) : "…");
      break;
    case "pair": {
      const [low, high] = Array.isArray(value) ? value : [];
      words.push(t("list:span", { low: say(low), high: say(high) }));
      break;
    }
    default:
      words.push(say(value));
  }
  return words.join(" ");
}
