/** The fields of a record in their sections, each a cell or the rows of its lines. */
import { useTranslation } from "react-i18next";
import type { Field, Form, RecordPage } from "@/api/types";
import LinesGrid, { type LinesGridProps } from "@/lines/LinesGrid";
import type { GridRow } from "@/lines/rows";
import { useNarrow } from "@/look/useNarrow";
import { Cell } from "./Cell";
import { cellErrors, errorOf, type Placed } from "./errors";
import type { Open } from "./open";
import type { Typing } from "./useTyping";
import { rowsOf, type Typed } from "./values";
import type { Question } from "./Why";

interface Props {
  form: Form;
  page: RecordPage | null;
  typing: Typing;
  isTyping: boolean;
  open: Open;
  errors: readonly Placed[];
  besides: Record<string, LinesGridProps["besides"]>;
  why: (field: Field) => void;
  onQuestion: (question: Question) => void;
}

export function Fields({ form, page, typing, isTyping, open, errors, besides, why, onQuestion }: Props) {
  const { t } = useTranslation("record");
  const { shown, set, setRows, stateOf } = typing;
  const byName = new Map(form.fields.map((one) => [one.name, one]));
  const narrow = useNarrow();
  // On a phone the keyboard would cover half of what is to be seen first.
  let isFirst = page === null && !narrow;
  return form.sections.map((section, at) => {
    const fields = section.fields.flatMap((name) => {
      const field = byName.get(name);
      // What documents add up later says nothing about a record that is only being made.
      return field && stateOf(name).visible && !(page === null && field.meter) ? [field] : [];
    });
    if (fields.length === 0) return null;
    const cells = fields.filter((one) => one.kind !== "lines");
    const lines = fields.filter((one) => one.kind === "lines");
    return (
      <section key={section.label ?? `rest ${String(at)}`} className="record-section">
        {section.label && <h2>{section.label}</h2>}
        {cells.length > 0 && (
          <div className="cells">
            {cells.map((field) => {
              const own = stateOf(field.name);
              const state = { ...own, editable: own.editable && open.fields.has(field.name) };
              const autoFocus = isFirst && isTyping && state.editable;
              if (autoFocus) isFirst = false;
              return (
                <Cell
                  key={field.name}
                  field={field}
                  value={shown[field.name]}
                  state={state}
                  isEditing={isTyping}
                  error={errorOf(errors, field.name)}
                  onChange={set}
                  onWhy={why}
                  autoFocus={autoFocus}
                />
              );
            })}
          </div>
        )}
        {lines.map((field) => {
          const wrong = errorOf(errors, field.name);
          return (
            <div key={field.name} className="record-lines" data-wrong={wrong ? true : undefined}>
              {lines.length + cells.length > 1 || section.label !== field.label ? <h3>{field.label}</h3> : null}
              <LinesGrid
                form={form}
                field={field}
                rows={rowsOf(shown, field.name)}
                onChange={(rows: GridRow[]) => setRows(field, rows)}
                readOnly={!isTyping || !open.fields.has(field.name)}
                rowsStay={!open.rows.has(field.name)}
                errors={cellErrors(errors, field.name, shown)}
                besides={besides[field.name] ?? []}
                values={shown}
                stateOf={(column, row) => {
                  const own = stateOf(column.name, field.name, row.key);
                  const isOpen = open.fields.has(`${field.name}.${column.name}`);
                  const isNew = !row.id && open.rows.has(field.name);
                  return { ...own, editable: own.editable && (isOpen || isNew) };
                }}
                packsOf={(column, row) => typing.packsOf(column.name, field.name, row.key)}
                isTyped={(row, column) => isTypedIn(typing.typed, field.name, row.key, column)}
                {...(page
                  ? {
                      onWhy: (column: Field, row: GridRow) =>
                        onQuestion({ of: "field", field: column, lines: field, row }),
                    }
                  : {})}
              />
              {wrong && (
                <p className="wrong" role="alert">
                  {t("linesWrong", { text: wrong })}
                </p>
              )}
            </div>
          );
        })}
      </section>
    );
  });
}

/** Whether somebody typed what stands in a cell; what is only computed follows its default. */
function isTypedIn(typed: Typed, lines: string, key: string, column: string): boolean {
  const rows = typed[lines];
  const row = Array.isArray(rows) ? (rows as GridRow[]).find((one) => one.key === key) : undefined;
  return row?.[column] !== undefined;
}
