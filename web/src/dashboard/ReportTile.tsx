/** A report in a tile: as a picture, as a table, or as a table across; every figure leads to what it is made of. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { ReportAnswer } from "@/api/dashboards";
import { reportsQuery } from "@/api/queries";
import type { Heading, ListRow } from "@/api/types";
import { nameOf } from "@/chart/drawing";
import { type Kind, Picture } from "@/chart/Picture";
import { figure } from "@/look/figures";
import { short } from "@/look/short";
import { behind, keysIn } from "@/report/behind";
import { Figures } from "@/report/Figures";
import { withOthers } from "@/report/others";
import "@/report/report.css";
import type { BodyProps } from "./TileBody";
import { useChartSize } from "./useChartSize";
import "./tables.css";

const TABLES = new Set(["table", "pivot", "number", "gauge"]);

export function ReportTile({ answer, tile, isTable, isWall, isLarge, onOpen }: BodyProps & { answer: ReportAnswer }) {
  const { t, i18n } = useTranslation("dashboard");
  const reports = useQuery({ ...reportsQuery, enabled: onOpen !== undefined });
  const described = reports.data?.find((one) => one.report === answer.report);
  const size = useChartSize(isWall, isLarge);
  const page = useMemo(() => withOthers(answer, t("others")), [answer, t]);
  if (answer.rows.length === 0) return <p className="tile-empty">{t("nothing")}</p>;
  const open = (column: Heading, row: ListRow) => {
    const found = described && behind(described, answer, column, row);
    if (found) onOpen?.({ title: `${nameOf(keysIn(answer), row)} · ${column.label}`, figure: found });
  };
  if (tile.draw === "number") {
    const column = answer.columns.find((one) => one.measure);
    const total = column && (answer.totals[column.key] ?? answer.rows[0]?.[column.key]);
    const said = column && short(column.kind, String(total ?? "0"), i18n.language);
    return (
      <span className="metric-figure" title={column && figure(column.kind, String(total ?? "0"))}>
        {said?.text}
        <small>{said?.unit}</small>
      </span>
    );
  }
  if (!TABLES.has(tile.draw) && !isTable)
    return (
      <Picture
        page={answer}
        kind={tile.draw as Kind}
        label={t("picture", { label: tile.label ?? "" })}
        fills={described?.source === "records"}
        size={size}
        onPick={
          onOpen &&
          ((row, key) => {
            const column = answer.columns.find((one) => one.key === key);
            const found = answer.rows[row];
            if (column && found) open(column, found);
          })
        }
      />
    );
  const opening =
    described && onOpen ? openingIn(answer, (column, row) => behind(described, answer, column, row) !== null) : [];
  return <Figures page={page} sort={null} opening={opening} {...(onOpen ? { onOpen: open } : {})} />;
}

/** The columns whose figures open. */
function openingIn(answer: ReportAnswer, opens: (column: Heading, row: ListRow) => boolean): string[] {
  const [first] = answer.rows;
  return first ? answer.columns.filter((column) => opens(column, first)).map((column) => column.key) : [];
}
