/** Somebody else changed the same fields meanwhile: old, theirs and mine side by side, to choose from field by field. */
import { Button, Drawer, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Cause } from "@/api/client";
import type { Field, Form, RecordPage, Row, Value, Values } from "@/api/types";
import { isRows, shapeOf } from "@/fields/shape";
import { ValueText } from "@/fields/ValueText";
import type { GridRow } from "@/lines/rows";
import { instantText } from "@/look/figures";
import { useNarrow } from "@/look/useNarrow";
import type { Typed } from "./values";

/** One thing that both changed. */
export interface Clash {
  key: string;
  field: Field;
  /** The key of the row that it stands in; null for the record itself. */
  row: { key: string; number: number } | null;
  lines: Field | null;
  old: Value;
  theirs: Value;
  yours: Value;
  by: string;
  at: string;
}

/** The clashes that a refusal names, with values as pages show them. */
export function clashesOf(form: Form, causes: readonly Cause[], base: Values, theirs: Values, typed: Typed): Clash[] {
  return causes.flatMap((cause): Clash[] => {
    if (cause.field === null) return [];
    const said = { by: String(cause.data.by ?? ""), at: String(cause.data.at ?? "") };
    const [name = "", column] = cause.field.split(".");
    const declared = form.fields.find((one) => one.name === name);
    if (!declared) return [];
    if (cause.row === null) {
      const values = { old: base[name], theirs: theirs[name], yours: typed[name] as Value };
      return [{ key: name, field: declared, row: null, lines: null, ...values, ...said }];
    }
    const given = (typed[name] as GridRow[] | undefined)?.[cause.row - 1];
    const inner = declared.fields?.find((one) => one.name === column);
    if (!given || !inner || !column) return [];
    const values = { old: cell(base[name], given.id, column), theirs: cell(theirs[name], given.id, column) };
    const row = { key: given.key, number: cause.row };
    return [
      { key: `${given.key}.${column}`, field: inner, row, lines: declared, ...values, yours: given[column], ...said },
    ];
  });
}

function cell(rows: Value, id: number | undefined, column: string): Value {
  return isRows(rows) ? rows.find((row: Row) => row.id === id)?.[column] : undefined;
}

/** What remains typed when some clashes are decided for the other side: their fields are as if never touched. */
export function settled(typed: Typed, clashes: readonly Clash[], theirs: ReadonlySet<string>): Typed {
  let result: Typed = { ...typed };
  for (const clash of clashes) {
    if (!theirs.has(clash.key)) continue;
    if (clash.row === null) {
      const { [clash.field.name]: _, ...rest } = result;
      result = rest;
      continue;
    }
    const lines = clash.lines?.name ?? "";
    const rows = (result[lines] as GridRow[] | undefined) ?? [];
    result = {
      ...result,
      [lines]: rows.map((row) => (row.key === clash.row?.key ? blankCell(row, clash.field.name) : row)),
    };
  }
  return result;
}

function blankCell(row: GridRow, column: string): GridRow {
  const { [column]: _, ...rest } = row;
  return rest as GridRow;
}

interface Props {
  clashes: Clash[];
  theirs: RecordPage;
  onSettled: (theirs: ReadonlySet<string>) => void;
  onClose: () => void;
}

export function Conflict({ clashes, onSettled, onClose }: Props) {
  const { t } = useTranslation("record");
  const narrow = useNarrow();
  const [theirs, setTheirs] = useState<ReadonlySet<string>>(new Set());
  const choose = (key: string, isTheirs: boolean) => {
    const next = new Set(theirs);
    if (isTheirs) next.add(key);
    else next.delete(key);
    setTheirs(next);
  };
  return (
    <Drawer
      open
      onClose={onClose}
      title={t("conflict.title")}
      placement={narrow ? "bottom" : "right"}
      size={narrow ? "85%" : 640}
      footer={
        <div className="step-foot">
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button type="primary" onClick={() => onSettled(theirs)} autoFocus>
            {t("conflict.save")}
          </Button>
        </div>
      }
    >
      <p className="soft">{t("conflict.help")}</p>
      <ul className="clashes">
        {clashes.map((one) => (
          <li key={one.key}>
            <h3>
              {one.row && `${t("common:rowNumber", { row: one.row.number })} · `}
              {one.field.label}
            </h3>
            <p className="soft">
              {t("conflict.by", { name: one.by, at: instantText(one.at) })}
              {" · "}
              {t("conflict.old")} <ValueText shape={shapeOf(one.field)} value={one.old} leads={false} />
            </p>
            <Radio.Group
              aria-label={one.field.label}
              value={theirs.has(one.key) ? "theirs" : "mine"}
              onChange={(event) => choose(one.key, event.target.value === "theirs")}
            >
              <Radio value="mine">
                {t("conflict.mine")} <ValueText shape={shapeOf(one.field)} value={one.yours} leads={false} />
              </Radio>
              <Radio value="theirs">
                {t("conflict.theirs")} <ValueText shape={shapeOf(one.field)} value={one.theirs} leads={false} />
              </Radio>
            </Radio.Group>
          </li>
        ))}
      </ul>
    </Drawer>
  );
}
