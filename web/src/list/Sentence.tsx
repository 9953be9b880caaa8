/** A condition, or several that count as one, in words; linked records are called by their names. */
import { useTranslation } from "react-i18next";
import type { Column } from "./columns";
import { everyOf, type Part } from "./condition";
import { said } from "./sentence";
import { useTitles } from "./titles";

export function Sentence({ part, columns }: { part: Part; columns: Column[] }) {
  const { t } = useTranslation();
  const links = everyOf(part).flatMap((condition) => {
    const shape = columns.find((one) => one.key === condition.field)?.shape;
    if (shape?.kind !== "link" || !shape.to) return [];
    const form = shape.to;
    return [condition.value]
      .flat()
      .map(Number)
      .filter(Number.isInteger)
      .map((id) => ({ form, id }));
  });
  return <>{said(t, part, columns, useTitles(links))}</>;
}
