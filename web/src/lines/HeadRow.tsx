/** The heads of the columns, with the edges that make them wider. */
// biome-ignore-all lint/a11y/useSemanticElements: a grid of which only the rows in sight are drawn cannot be a table element; the pattern of ARIA says the rest
// biome-ignore-all lint/a11y/useFocusableInteractive: one cell of the whole grid is in the order of focus at a time
// biome-ignore-all lint/a11y/noStaticElementInteractions: an edge is for the pointer; from the keyboard nothing is cut off that cannot be read
import { memo, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { type Column, NARROWEST, WIDEST } from "./columns";

interface Props {
  columns: readonly Column[];
  readOnly: boolean;
  onWidth: (key: string, width: number) => void;
}

export const HeadRow = memo(function HeadRow({ columns, readOnly, onWidth }: Props) {
  const { t } = useTranslation("lines");
  const edge = (event: PointerEvent, one: Column) => {
    const begins = event.clientX;
    const target = event.currentTarget as HTMLElement;
    target.setPointerCapture(event.pointerId);
    const drag = (moved: globalThis.PointerEvent) =>
      onWidth(one.key, Math.max(NARROWEST, Math.min(WIDEST, one.width + moved.clientX - begins)));
    target.addEventListener("pointermove", drag);
    target.addEventListener("lostpointercapture", () => target.removeEventListener("pointermove", drag), {
      once: true,
    });
    event.preventDefault();
  };
  return (
    <div role="row" aria-rowindex={1} className="lines-row lines-head">
      <div role="columnheader" className="lines-cell lines-place" aria-label={t("place")}>
        #
      </div>
      {columns.map((one, at) => (
        <div
          key={one.key}
          role="columnheader"
          aria-colindex={at + 2}
          className={[
            "lines-cell",
            one.isFigure ? "is-figure" : "",
            at === 0 ? "is-stuck" : "",
            one.field ? "" : "is-beside",
          ].join(" ")}
          title={one.field?.help ?? one.label}
        >
          <span className="lines-label">{one.label}</span>
          <span className="lines-edge" onPointerDown={(event) => edge(event, one)} />
        </div>
      ))}
      {!readOnly && <div role="columnheader" aria-label={t("common:delete")} className="lines-cell lines-end" />}
    </div>
  );
});
