/** A figure in a table of what stands behind one: exact, grouped, a dash where nothing moved. */
import { isBlank } from "@/fields/shape";
import { figure as figureText, grouped, trimmed } from "@/look/figures";

export const isMoved = (figure: string | null) => figure !== null && /[1-9]/.test(figure);

/** As people read it; money with its cents, pieces without zeros that say nothing. */
export function figureOf(figure: string, money: boolean): string {
  return money ? figureText("money", figure) : grouped(trimmed(figure));
}

/** `isSum`: a sum is told even where it is nothing. */
export function FigureCell({
  figure,
  money = false,
  isSum = false,
}: {
  figure: string | null;
  money?: boolean;
  isSum?: boolean;
}) {
  if (isBlank(figure) || (!isSum && !isMoved(figure))) return <td className="figure blank">–</td>;
  const text = String(figure);
  return <td className={text.startsWith("-") ? "figure negative" : "figure"}>{figureOf(text, money)}</td>;
}
