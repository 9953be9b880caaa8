/** What of a record may be changed in the state that it is in. Pure. */
import type { Form, RecordPage } from "@/api/types";
import { isOpenIn } from "./path";

/** The fields, and the columns of lines, that may be changed in the state that the record is in. */
export function openIn(form: Form, page: RecordPage | null): ReadonlySet<string> {
  const state = page === null ? form.states[0]?.name : page.state;
  const may = page === null ? form.rights.create !== "none" : form.rights.update !== "none";
  const found = new Set<string>();
  // The server says whether this very record may be changed; what stays open longer than its state is the rights' alone.
  const isOpen = (lockedAfter: string | null) =>
    may && (lockedAfter === null ? (page?.editable ?? true) : isOpenIn(form, state, lockedAfter));
  for (const field of form.fields) {
    if (isOpen(field.locked_after)) found.add(field.name);
    for (const column of field.fields ?? []) {
      if (isOpen(column.locked_after ?? field.locked_after)) {
        found.add(`${field.name}.${column.name}`);
        found.add(field.name);
      }
    }
  }
  return found;
}
