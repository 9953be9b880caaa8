/** Rows on a phone: a card each, with large controls for what is counted; a tap opens everything else at the thumb. */
import { DeleteOutlined, LeftOutlined, MinusOutlined, PlusOutlined, RightOutlined } from "@ant-design/icons";
import { Button, ConfigProvider, Drawer } from "antd";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Value } from "@/api/types";
import { FieldEditor } from "@/fields/FieldEditor";
import { isBlank, isLinked } from "@/fields/shape";
import { shown } from "@/fields/shown";
import { ValueText } from "@/fields/ValueText";
import { dayOf, figure, isNegative } from "@/look/figures";
import { type Column, isSummed, statesOf } from "./columns";
import { inPacks, type PacksOf } from "./counting";
import type { BesideFigure, LinesGridProps } from "./LinesGrid";
import { PackFigures } from "./PackFigures";
import { inBase, type Packed } from "./packs";
import { cellValue, SEPARATOR, wrongIn } from "./RowView";
import { isUnreadable } from "./reading";
import type { GridRow } from "./rows";
import { scanColumns } from "./scanning";
import { added, Sums } from "./totals";
import type { Lines } from "./useLines";
import { useReadLate } from "./useReadLate";

interface Props {
  given: LinesGridProps;
  lines: Lines;
  columns: readonly Column[];
  flash: { key: string; times: number } | null;
  telling: { column: string; words: ReadonlyMap<number, string> };
}

export function Cards({ given, lines, columns, flash, telling }: Props) {
  const { field, readOnly, besides, errors, stateOf } = given;
  const { t } = useTranslation("lines");
  useReadLate(lines, given, dayOf(new Date()));
  /** The key of the row in the sheet: the empty one at the end keeps it when it becomes a row. */
  const [openKey, setOpenKey] = useState<string | null>(null);
  const [sums] = useState(() => new Sums());
  const rows = lines.now;
  const all = lines.shown;
  const openAt = openKey === null ? -1 : all.findIndex((row) => row.key === openKey);
  const open = all[openAt];
  const counts = scanColumns(field.fields ?? [])?.count?.name ?? null;
  const wrongAt = (place: number) =>
    errors
      .filter((one) => one.row === place)
      .map((one) => `${one.column ?? ""}${SEPARATOR}${one.text}`)
      .join(SEPARATOR);
  const counted = columns.find((one) => one.key === counts)?.field;
  const mixedIn = (row: GridRow) =>
    (counted?.packs && inPacks(counted, row, given.packsOf?.(counted, row) ?? null)) ?? "";
  const summed = columns.filter((one) => isSummed(one) && rows.length > 1);
  return (
    <>
      <ul className="lines-cards" aria-label={field.label}>
        {rows.map((row, place) => (
          <Card
            key={row.key}
            row={row}
            place={place}
            columns={columns}
            states={statesOf(columns, row, stateOf, readOnly)}
            beside={besides[place]}
            more={moreOf(row[telling.column], telling.words)}
            wrong={wrongAt(place)}
            counts={counts}
            mixed={mixedIn(row)}
            flash={flash?.key === row.key ? flash.times : 0}
            lines={lines}
            onOpen={setOpenKey}
          />
        ))}
      </ul>
      {summed.length > 0 && (
        <dl className="lines-card-sums">
          {summed.map((one) => {
            const sum = sums.of(rows, one.key);
            return (
              <div key={one.key}>
                <dt>{one.label}</dt>
                <dd className={isNegative(sum) ? "figure negative" : "figure"}>{figure(one.shape.kind, sum)}</dd>
              </div>
            );
          })}
        </dl>
      )}
      {lines.mayAdd && (
        <Button
          block
          size="large"
          icon={<PlusOutlined aria-hidden="true" />}
          onClick={() => setOpenKey(lines.spare.key)}
        >
          {t("addRow")}
        </Button>
      )}
      {open && (
        <Sheet
          row={open}
          place={openAt}
          columns={columns}
          states={statesOf(columns, open, stateOf, readOnly)}
          beside={besides[openAt]}
          wrong={wrongAt(openAt)}
          counts={counts}
          packsOf={given.packsOf}
          lines={lines}
          before={openAt > 0 ? () => setOpenKey(all[openAt - 1]?.key ?? null) : null}
          after={openAt + 1 < all.length ? () => setOpenKey(all[openAt + 1]?.key ?? null) : null}
          onClose={() => setOpenKey(null)}
        />
      )}
    </>
  );
}

function moreOf(value: Value, words: ReadonlyMap<number, string>): string {
  return (isLinked(value) && words.get(value.id)) || "";
}

interface CardProps {
  row: GridRow;
  place: number;
  columns: readonly Column[];
  states: string;
  beside: Record<string, BesideFigure> | undefined;
  more: string;
  wrong: string;
  counts: string | null;
  /** What is counted, in packs. */
  mixed: string;
  flash: number;
  lines: Lines;
  onOpen: (key: string) => void;
}

const MOST = 4;

const Card = memo(function Card({
  row,
  place,
  columns,
  states,
  beside,
  more,
  wrong,
  counts,
  mixed,
  flash,
  lines,
  onOpen,
}: CardProps) {
  const { t } = useTranslation("lines");
  const words = { yes: t("common:yes"), no: t("common:no") };
  const seen = columns.filter((_, at) => states[at] !== "h");
  const title = seen.find((one) => one.shape.kind === "link") ?? seen[0];
  const counted = columns.findIndex((one) => one.key === counts);
  const rest = seen.filter(
    (one) =>
      one !== title && (one.key !== counts || !isTyped(states[counted])) && !isBlank(cellValue(one, row, beside)),
  );
  const told = rest.filter((one) => one.shape.kind !== "flag" && one.shape.kind !== "percent").slice(0, MOST);
  const texts = [...wrongIn(wrong).values()];
  return (
    <li className={texts.length > 0 ? "lines-card is-wrong" : "lines-card"} data-flash={flash || undefined}>
      {flash > 0 && <span key={flash} className="lines-flash" />}
      <button type="button" className="lines-card-open" onClick={() => onOpen(row.key)}>
        <span className="lines-card-title">
          <span className="soft">{place + 1}</span>{" "}
          {(title && shown(title.shape, row[title.key], words)) || <span className="soft">{title?.label}</span>}
        </span>
        {more && <span className="soft">{more}</span>}
        <span className="lines-card-cells">
          {told.map((one) => {
            const value = cellValue(one, row, beside);
            return (
              <span key={one.key}>
                <span className="soft">{one.label}</span>{" "}
                <span className={one.isFigure && isNegative(String(value)) ? "figure negative" : "figure"}>
                  {shown(one.shape, value, words)}
                </span>
              </span>
            );
          })}
        </span>
        {texts.map((text) => (
          <span key={text} className="wrong">
            {text}
          </span>
        ))}
      </button>
      {counts !== null && isTyped(states[counted]) && (
        <div className="lines-card-count">
          <Stepper {...{ row, place, lines }} column={columns[counted]} />
          {mixed && <span className="soft">{mixed}</span>}
        </div>
      )}
    </li>
  );
});

const isTyped = (state: string | undefined) => state === "e" || state === "q";

/** One more, one less; the figure itself is typed in the sheet. */
function Stepper({
  row,
  place,
  lines,
  column,
}: {
  row: GridRow;
  place: number;
  lines: Lines;
  column: Column | undefined;
}) {
  const { t } = useTranslation("lines");
  if (!column) return null;
  const value = row[column.key];
  const step = (by: string) => lines.set(row, column.key, added(value, by));
  return (
    <fieldset className="lines-stepper" aria-label={t("cell", { label: column.label, row: place + 1 })}>
      <Button
        size="large"
        shape="circle"
        icon={<MinusOutlined aria-hidden="true" />}
        aria-label={t("less")}
        disabled={isBlank(value) || String(value) === "0" || isNegative(String(value))}
        onClick={() => step("-1")}
      />
      <output className="figure">{isBlank(value) ? "0" : figure(column.shape.kind, String(value))}</output>
      <Button
        size="large"
        shape="circle"
        icon={<PlusOutlined aria-hidden="true" />}
        aria-label={t("more")}
        onClick={() => step("1")}
      />
    </fieldset>
  );
}

interface SheetProps extends Omit<CardProps, "flash" | "more" | "mixed" | "onOpen"> {
  packsOf: PacksOf | undefined;
  before: (() => void) | null;
  after: (() => void) | null;
  onClose: () => void;
}

/** Everything of one row, with large controls. */
function Sheet(props: SheetProps) {
  const { row, place, columns, states, beside, counts, packsOf, lines, before, after, onClose } = props;
  const { t } = useTranslation("lines");
  const wrong = wrongIn(props.wrong);
  const isRow = lines.now.some((one) => one.key === row.key);
  const typed = columns.filter((_, at) => isTyped(states[at]));
  const read = columns.filter((one, at) => states[at] === "r" && !isBlank(cellValue(one, row, beside)));
  return (
    <Drawer
      open
      placement="bottom"
      size="82%"
      title={t("common:rowNumber", { row: place + 1 })}
      onClose={onClose}
      extra={
        <>
          <Button
            type="text"
            size="large"
            icon={<LeftOutlined aria-hidden="true" />}
            aria-label={t("before")}
            disabled={!before}
            onClick={() => before?.()}
          />
          <Button
            type="text"
            size="large"
            icon={<RightOutlined aria-hidden="true" />}
            aria-label={t("after")}
            disabled={!after}
            onClick={() => after?.()}
          />
        </>
      }
      footer={
        <div className="lines-sheet-foot">
          {isRow && lines.mayAdd && (
            <Button
              size="large"
              danger
              icon={<DeleteOutlined aria-hidden="true" />}
              onClick={() => {
                lines.remove(place, place);
                onClose();
              }}
            >
              {t("common:delete")}
            </Button>
          )}
          <Button size="large" type="primary" onClick={onClose}>
            {t("done")}
          </Button>
        </div>
      }
    >
      <ConfigProvider componentSize="large">
        <div className="lines-sheet" key={row.key}>
          {wrong.get("") && <p className="wrong">{wrong.get("")}</p>}
          {typed.map((one, at) => {
            const value = row[one.key];
            const text = wrong.get(one.key) ?? (isUnreadable(one.shape, value) ? t("unreadable") : undefined);
            return (
              <div key={one.key} className="lines-sheet-cell">
                <span className="soft" aria-hidden>
                  {one.label}
                </span>
                <div className="lines-sheet-value">
                  <FieldEditor
                    shape={one.shape}
                    value={value}
                    label={t("cell", { label: one.label, row: place + 1 })}
                    status={text ? "error" : undefined}
                    autoFocus={!isRow && at === 0}
                    onChange={(given) => lines.set(row, one.key, given)}
                  />
                  {one.key === counts && isRow && <Stepper {...{ row, place, lines }} column={one} />}
                </div>
                <InPacks {...{ row, place, lines, packsOf }} column={one} />
                {text && <span className="wrong">{text}</span>}
              </div>
            );
          })}
          <dl>
            {read.map((one) => (
              <div key={one.key}>
                <dt>{one.label}</dt>
                <dd>
                  <ValueText shape={one.shape} value={cellValue(one, row, beside)} leads={typed.length === 0} />
                </dd>
              </div>
            ))}
          </dl>
        </div>
      </ConfigProvider>
    </Drawer>
  );
}

/** A quantity once more, with a figure for each unit in which it is counted. */
function InPacks({
  row,
  place,
  column,
  packsOf,
  lines,
}: Pick<SheetProps, "row" | "place" | "packsOf" | "lines"> & { column: Column }) {
  const { t } = useTranslation("lines");
  const { field } = column;
  const unit = field?.packs?.in_unit ?? null;
  const packs = field?.packs && packsOf?.(field, row);
  if (!field || !packs) return null;
  const own = unit === null ? null : row[unit];
  const mayTypeUnit = unit !== null && lines.mayType(unit, row);
  const take = (packed: Packed | null) => {
    const quantity = packed && (mayTypeUnit ? packed.quantity : inBase(packed, packs));
    if (!packed || quantity === null) return;
    lines.fill([
      { row, column: column.key, value: quantity },
      ...(mayTypeUnit ? [{ row, column: unit, value: packed.unit }] : []),
    ]);
  };
  const isInOther = !mayTypeUnit && isLinked(own) && own.id !== packs.base.id;
  if (isInOther) return null;
  return (
    <PackFigures
      quantity={isBlank(row[column.key]) ? null : String(row[column.key])}
      unit={isLinked(own) ? own : null}
      packs={packs}
      label={t("cell", { label: column.label, row: place + 1 })}
      onChange={take}
    />
  );
}
