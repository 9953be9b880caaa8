/** Figures as a picture of the asked kind; what draws it loads when it is needed. */
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Drawing, Figures, Shape } from "./drawing";
import { drawingOf } from "./drawing";
import { Heat } from "./Heat";
import { ProvinceMap } from "./ProvinceMap";
import "./chart.css";

const Chart = lazy(() => import("./Chart"));

export type Kind = Shape | "map" | "calendar";

interface Props {
  page: Figures;
  kind: Kind;
  /** What it is a picture of. */
  label: string;
  /** Times without a row are times without anything. */
  fills?: boolean;
  size?: number;
  /** A mark of a row and a measure was clicked. */
  onPick?: ((row: number, column: string) => void) | undefined;
}

const EVERYTHING = 1000;

export function Picture({ page, kind, fills = false, ...rest }: Props) {
  const { t } = useTranslation("chart");
  const others = t("others");
  const drawing = useMemo(() => {
    // Maps and calendars have a place for each row; there are no others.
    if (kind === "map") return drawingOf({ ...page, others: null }, "bar", { most: EVERYTHING });
    if (kind === "calendar") return drawingOf(page, "line");
    // In a ranking all others together would dwarf those who are named.
    if (kind === "bar" && page.others) return drawingOf({ ...page, others: null }, kind, { fills });
    return drawingOf(page, kind, { others, fills });
  }, [page, kind, others, fills]);
  if (!drawing) return <p className="chart-empty">{t("nothingToDraw")}</p>;
  return <Drawn drawing={drawing} kind={kind} {...rest} />;
}

/** A drawing that is made already. */
export function Drawn({
  drawing,
  kind,
  label,
  size,
  onPick,
}: {
  drawing: Drawing;
  kind: Kind;
} & Pick<Props, "label" | "size" | "onPick">) {
  const pick = onPick
    ? (point: number, series = 0) => {
        const row = drawing.rows[point];
        const column = drawing.series[series]?.key;
        if (row !== null && row !== undefined && column !== undefined) onPick(row, column);
      }
    : undefined;
  if (kind === "map") return <ProvinceMap drawing={drawing} label={label} onPick={pick} />;
  if (kind === "calendar") return <Heat drawing={drawing} label={label} onPick={pick} />;
  return (
    <Suspense fallback={<div className="chart-late" />}>
      <Chart drawing={drawing} shape={kind} label={label} onPick={pick} {...(size ? { size } : {})} />
    </Suspense>
  );
}
