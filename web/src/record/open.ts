/** What of a record may be changed in the state that it is in, and with a step that opens more of it. Pure. */
import type { Form, RecordPage, Transition } from "@/api/types";
import { isOpenIn } from "./path";

export interface Open {
  /** Fields, and columns of rows as `lines.column`; lines are among them as soon as anything in them is. */
  fields: ReadonlySet<string>;
  /** Lines whose rows may come and go; a new row is open wholly. */
  rows: ReadonlySet<string>;
}

/** What may be changed now, but what the reader may only read; with `edits`, what a step that is to follow lets be changed as well. */
export function openIn(form: Form, page: RecordPage | null, edits: readonly string[] = []): Open {
  const state = page === null ? form.states[0]?.name : page.state;
  const may = page === null ? form.rights.create !== "none" : form.rights.update !== "none";
  const fields = new Set<string>();
  const rows = new Set<string>();
  const edited = new Set(edits);
  // The server says whether this very record may be changed; what stays open longer than its state is the rights' alone.
  const isOpen = (lockedAfter: string | null) =>
    may && (lockedAfter === null ? (page?.editable ?? true) : isOpenIn(form, state, lockedAfter));
  for (const field of form.fields) {
    if (field.read_only) continue;
    if (isOpen(field.locked_after) || edited.has(field.name)) {
      fields.add(field.name);
      if (field.kind === "lines") rows.add(field.name);
    }
    for (const column of field.fields ?? []) {
      if (column.read_only) continue;
      const key = `${field.name}.${column.name}`;
      if (isOpen(column.locked_after ?? field.locked_after) || edited.has(key)) {
        fields.add(key);
        fields.add(field.name);
      }
    }
  }
  return { fields, rows };
}

/** Whether a step lets be changed what is not open without it. */
export function opensMore(form: Form, step: Transition, open: Open): boolean {
  const lines = new Set(form.fields.filter((one) => one.kind === "lines").map((one) => one.name));
  return (step.edits ?? []).some((name) => !(lines.has(name) ? open.rows : open.fields).has(name));
}
