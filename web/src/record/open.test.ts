import { expect, it } from "vitest";
import { madeUpField as field } from "@/api/madeUp";
import type { Form, RecordPage, Transition } from "@/api/types";
import { openIn, opensMore } from "./open";

const form = {
  form: "note",
  rights: { create: "all", update: "all" },
  states: [
    { name: "draft", label: "Draft", editable: true },
    { name: "sent", label: "Sent", editable: false },
  ],
  fields: [
    field("name"),
    field("words"),
    field("late", { locked_after: "sent" }),
    field("rows", { kind: "lines", fields: [field("much"), field("what")] }),
  ],
} as unknown as Form;
const page = (state: string, editable: boolean) => ({ state, editable }) as RecordPage;
const step = (edits?: string[]) => ({ name: "mend", edits }) as unknown as Transition;

it("a draft is open wholly, what left it only where a field says so", () => {
  const draft = openIn(form, page("draft", true));
  expect([...draft.fields]).toEqual(["name", "words", "late", "rows", "rows.much", "rows.what"]);
  expect([...draft.rows]).toEqual(["rows"]);
  const sent = openIn(form, page("sent", false));
  expect([...sent.fields]).toEqual(["late"]);
  expect([...sent.rows]).toEqual([]);
});

it("what may only be read is never open, so that nobody is asked to change a record of nothing else", () => {
  const kept = { ...form, fields: [field("late", { locked_after: "sent", read_only: true })] } as unknown as Form;
  expect(openIn(kept, page("sent", false)).fields.size).toBe(0);
  expect(openIn(kept, page("sent", false), ["late"]).fields.size).toBe(0);
});

it("a step opens the fields and columns that it names, and rows only where it names the lines", () => {
  const cells = openIn(form, page("sent", false), ["words", "rows.much"]);
  expect([...cells.fields].sort()).toEqual(["late", "rows", "rows.much", "words"]);
  expect([...cells.rows]).toEqual([]);
  const rows = openIn(form, page("sent", false), ["rows"]);
  expect(rows.rows.has("rows")).toBe(true);
  expect(rows.fields.has("rows.much")).toBe(false);
});

it("a step that names nothing new is taken at once", () => {
  const draft = openIn(form, page("draft", true));
  const sent = openIn(form, page("sent", false));
  expect(opensMore(form, step(["words", "rows"]), draft)).toBe(false);
  expect(opensMore(form, step(["words"]), sent)).toBe(true);
  expect(opensMore(form, step(["late"]), sent)).toBe(false);
  expect(opensMore(form, step(), sent)).toBe(false);
});

it("rows may come and go although a column of them was opened before by itself", () => {
  const open = openIn(form, page("sent", false), ["rows.much"]);
  expect(opensMore(form, step(["rows"]), open)).toBe(true);
});
