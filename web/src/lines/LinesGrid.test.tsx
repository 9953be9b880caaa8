/** The grid by keys alone, as people type a document. */
import { QueryClientProvider } from "@tanstack/react-query";
import { act, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { I18nextProvider } from "react-i18next";
import { MemoryRouter } from "react-router";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { createQueries } from "@/api/queries";
import type { Field, Form, Kind } from "@/api/types";
import { Look } from "@/look/Look";
import { Shortcuts } from "@/look/shortcuts";
import { createTexts } from "@/text";
import LinesGrid from "./LinesGrid";
import type { CellError, GridRow } from "./rows";

const field = (name: string, kind: Kind, more: object = {}): Field =>
  ({
    name,
    kind,
    label: name,
    typed: true,
    read_only: false,
    required: null,
    visible: null,
    ...more,
  }) as unknown as Field;
const LINES = field("rows", "lines", {
  fields: [
    field("thing", "link", { required: {}, link: { form: "thing", lines: null, may_open: true, may_create: false } }),
    field("count", "quantity"),
    field("total", "money", { typed: false, read_only: true }),
    field("done", "flag"),
    field("note", "text"),
  ],
});
const DATED = field("rows", "lines", { fields: [field("day", "date"), field("note", "text")] });
const FORM = {
  form: "paper",
  fields: [LINES],
  beside: [{ name: "left", label: "Left", kind: "quantity", lines: "rows" }],
} as unknown as Form;
const THINGS = [
  { id: 1, name: "Screws", code: "S-1" },
  { id: 2, name: "Screw driver", code: "SCREW" },
  { id: 3, name: "Nut", code: "N-1" },
];

let asked: string[] = [];
/** How long an answer takes. */
let waits = 0;

/** What the pages ask, answered without a server. */
function answer(address: string): unknown {
  const url = new URL(address, "http://here");
  const columns = [
    { key: "name", label: "Name", kind: "text" },
    { key: "code", label: "Code", kind: "text" },
  ];
  if (url.pathname.endsWith("/session")) return null;
  if (url.pathname.includes("/forms/")) {
    return {
      form: "thing",
      title: "name",
      fields: [{ ...field("code", "text"), unique: true }, field("name", "text")],
      list: { columns: [] },
    };
  }
  const where = JSON.parse(url.searchParams.get("where") ?? "null") as
    | { field: "code" | "name"; value: string[] }[]
    | null;
  const words = (url.searchParams.get("q") ?? "").toLowerCase();
  if (!where) asked.push(words);
  const rows = THINGS.filter((one) =>
    where
      ? where.every((own) => own.value.includes(one[own.field]))
      : `${one.name} ${one.code}`.toLowerCase().includes(words),
  );
  return { form: "thing", columns, rows, next: null };
}

interface Seen {
  rows: GridRow[];
}

function Page({
  seen,
  begin,
  errors = [],
  readOnly = false,
  lines = LINES,
}: {
  seen: Seen;
  begin: GridRow[];
  errors?: CellError[];
  readOnly?: boolean;
  lines?: Field;
}) {
  const [rows, setRows] = useState(begin);
  seen.rows = rows;
  return (
    <LinesGrid
      form={FORM}
      field={lines}
      rows={rows}
      onChange={setRows}
      readOnly={readOnly}
      errors={errors}
      besides={[{ left: { value: "-3" } }]}
      values={{}}
      isTyped={(own, column) => own[column] !== undefined}
      stateOf={(column) => ({ visible: true, editable: column.typed, required: column.name === "thing" })}
    />
  );
}

function open(begin: GridRow[] = [], more: { errors?: CellError[]; readOnly?: boolean; lines?: Field } = {}) {
  const seen: Seen = { rows: [] };
  render(
    <I18nextProvider i18n={createTexts("en")}>
      <QueryClientProvider client={createQueries()}>
        <Look>
          <Shortcuts>
            <MemoryRouter>
              <Page seen={seen} begin={begin} {...more} />
            </MemoryRouter>
          </Shortcuts>
        </Look>
      </QueryClientProvider>
    </I18nextProvider>,
  );
  return { seen, user: userEvent.setup({ delay: null }) };
}

const cell = (row: number, column: number) => {
  const found = document.querySelector<HTMLElement>(`[data-row="${row}"][data-column="${column}"]`);
  if (!found) throw new Error(`no cell ${row} ${column}`);
  return found;
};
const row = (key: string, cells: object) => ({ key, ...cells }) as GridRow;
const screw = { id: 1, title: "Screw" };
const nut = { id: 3, title: "Nut" };
const two = () => [row("a", { thing: screw, count: "2" }), row("b", { thing: nut, count: "5" })];
const focused = () => document.activeElement?.closest<HTMLElement>("[data-row]")?.dataset;

beforeEach(() => {
  asked = [];
  waits = 0;
  localStorage.clear();
  vi.stubGlobal("fetch", async (address: string) => {
    const told = JSON.stringify(answer(address));
    await new Promise((resolve) => setTimeout(resolve, waits));
    return new Response(told);
  });
  // Nothing is laid out here: all rows are in sight.
  Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, value: 640 });
  Object.defineProperty(HTMLElement.prototype, "clientWidth", { configurable: true, value: 1200 });
});

describe("typing", () => {
  test("a row from end to end: what is found, how many, and on to the next row", async () => {
    const { seen, user } = open();
    await user.click(cell(0, 0));
    await user.keyboard("nut");
    await waitFor(() => expect(screen.getByRole("option", { name: /Nut/ })).toBeInTheDocument());
    await user.keyboard("{Enter}");
    expect(focused()).toMatchObject({ row: "0", column: "1" });
    await user.keyboard("１２{Enter}");
    expect(seen.rows).toEqual([{ key: expect.any(String), thing: nut, count: "12" }]);
    // Over what nobody types: the flag comes next.
    expect(focused()).toMatchObject({ column: "3" });
    await user.keyboard(" {Enter}now{Enter}");
    expect(seen.rows[0]).toMatchObject({ done: true, note: "now" });
    expect(focused()).toMatchObject({ row: "1", column: "0" });
    // The empty row is none until something is typed into it.
    expect(seen.rows).toHaveLength(1);
  });
  test("Enter before the answer takes it when it comes; what is exactly meant goes first", async () => {
    const { seen, user } = open();
    await user.click(cell(0, 0));
    waits = 80;
    await user.keyboard("screw");
    // Slower than any gun.
    await new Promise((resolve) => setTimeout(resolve, 45));
    await user.keyboard("{Enter}");
    expect(seen.rows).toEqual([]);
    await waitFor(() => expect(seen.rows[0]?.thing).toEqual({ id: 2, title: "Screw driver" }));
    expect(asked).toContain("screw");
  });
  test("sums follow every key, before the cell is left", async () => {
    const { user } = open(two());
    await user.click(cell(0, 1));
    await user.keyboard("4");
    const sums = screen.getAllByRole("row").at(-1);
    expect(within(sums as HTMLElement).getByText("9")).toBeInTheDocument();
  });
  test("Escape drops what was typed; F2 goes on with what stands there", async () => {
    const { seen, user } = open(two());
    await user.click(cell(0, 1));
    await user.keyboard("77{Escape}");
    expect(seen.rows[0]?.count).toBe("2");
    await user.keyboard("{F2}5{Enter}");
    expect(seen.rows[0]?.count).toBe("25");
  });
  test("a day is typed, or picked from the calendar that a key opens", async () => {
    const { seen, user } = open([row("a", { day: "2026-03-10" })], { lines: DATED });
    await user.click(cell(0, 1));
    await user.click(cell(0, 0));
    await user.keyboard("2026-3-12{Shift>}{Enter}{/Shift}");
    expect(seen.rows[0]?.day).toBe("2026-03-12");
    await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
    await user.click(await screen.findByTitle("2026-03-20"));
    expect(seen.rows[0]?.day).toBe("2026-03-20");
    // The calendar is gone, and the keys are the grid's again.
    await waitFor(() => expect(focused()).toMatchObject({ row: "0", column: "0" }));
    expect(document.querySelector(".lines-boxed")).toBeNull();
    await user.keyboard("{F4}");
    expect(await screen.findByTitle("2026-03-21")).toBeInTheDocument();
    await user.keyboard("{Escape}");
    expect(document.querySelector(".lines-boxed")).toBeNull();
  });
  test("an input method has its keys to itself", async () => {
    const { seen, user } = open(two());
    await user.click(cell(0, 4));
    const editor = screen.getByRole("textbox", { name: "note, row 1" });
    fireEvent.change(editor, { target: { value: "ni" } });
    fireEvent.keyDown(editor, { key: "Enter", isComposing: true });
    fireEvent.keyDown(editor, { key: "Process", keyCode: 229 });
    fireEvent.keyDown(editor, { key: "Tab", keyCode: 229 });
    expect(focused()).toMatchObject({ row: "0", column: "4" });
    expect(editor).toHaveValue("ni");
    fireEvent.keyDown(editor, { key: "Enter" });
    expect(focused()).toMatchObject({ row: "1", column: "0" });
    expect(seen.rows[0]?.note).toBe("ni");
  });
  test("what cannot be read stays, and is said to be wrong", async () => {
    const { seen, user } = open(two());
    await user.click(cell(0, 1));
    await user.keyboard("no{Tab}");
    expect(seen.rows[0]?.count).toBe("no");
    expect(cell(0, 1)).toHaveAttribute("aria-invalid", "true");
  });
});

describe("rows and blocks", () => {
  test("copied from above, taken back, done again", async () => {
    const { seen, user } = open(two());
    await user.click(cell(1, 1));
    await user.keyboard("{Control>}d{/Control}");
    expect(seen.rows[1]?.count).toBe("2");
    await user.keyboard("{Control>}z{/Control}");
    expect(seen.rows[1]?.count).toBe("5");
    await user.keyboard("{Control>}y{/Control}");
    expect(seen.rows[1]?.count).toBe("2");
  });
  test("a row goes and comes back where it was", async () => {
    const { seen, user } = open(two());
    await user.click(cell(0, 1));
    await user.keyboard("{Control>}{Delete}{/Control}");
    expect(seen.rows.map((one) => one.key)).toEqual(["b"]);
    await user.keyboard("{Control>}z{/Control}");
    expect(seen.rows.map((one) => one.key)).toEqual(["a", "b"]);
  });
  test("a block is chosen, copied and cleared", async () => {
    const { seen, user } = open(two());
    await user.click(cell(0, 0));
    await user.keyboard("{Shift>}{ArrowDown}{ArrowRight}{/Shift}");
    expect(document.querySelectorAll('[aria-selected="true"]')).toHaveLength(4);
    const data = new Map<string, string>();
    const clipboardData = { setData: (kind: string, text: string) => data.set(kind, text) };
    fireEvent.copy(document.activeElement as Element, { clipboardData });
    expect(data.get("text/plain")).toBe("Screw\t2\nNut\t5");
    await user.keyboard("{Delete}");
    expect(seen.rows.map((one) => [one.thing, one.count])).toEqual([
      [null, null],
      [null, null],
    ]);
  });
  test("Insert makes a row in between", async () => {
    const { seen, user } = open(two());
    await user.click(cell(0, 1));
    await user.keyboard("{Insert}");
    expect(seen.rows.map((one) => one.key)).toEqual(["a", expect.any(String), "b"]);
    expect(focused()).toMatchObject({ row: "1", column: "0" });
  });
  test("a column pasted from a table goes down, over rows and into new ones", async () => {
    const { seen, user } = open(two());
    await user.click(cell(1, 1));
    fireEvent.paste(document.activeElement as Element, { clipboardData: { getData: () => "7\r\n8\r\n" } });
    await waitFor(() => expect(seen.rows.map((one) => one.count)).toEqual(["2", "7", "8"]));
  });
});

describe("a gun", () => {
  const shoot = (code: string) => {
    let at = 1_000;
    for (const key of [...code, "Enter"]) {
      const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
      at += 10;
      Object.defineProperty(event, "timeStamp", { value: at });
      act(() => void (document.activeElement ?? document.body).dispatchEvent(event));
    }
  };
  test("counts on, adds, and keeps what nothing carries in sight", async () => {
    const { seen } = open(two());
    shoot("N-1");
    expect(seen.rows[1]?.count).toBe("5");
    shoot("3*N-1");
    shoot("LOST");
    shoot("SCREW");
    await waitFor(() => expect(seen.rows).toHaveLength(3));
    expect(seen.rows.map((one) => one.count)).toEqual(["2", "8", "1"]);
    expect(screen.getByText("LOST")).toBeInTheDocument();
  });
});

describe("for whoever cannot see it", () => {
  test("a grid that says how large it is, of which one cell has the focus", async () => {
    const { user } = open(two(), { errors: [{ row: 1, column: "count", text: "Too many" }] });
    const grid = screen.getByRole("grid", { name: "rows" });
    expect(grid).toHaveAttribute("aria-rowcount", "5");
    await user.click(cell(0, 1));
    expect(screen.getByRole("textbox", { name: "count, row 1" })).toHaveFocus();
    expect(grid.querySelectorAll("input")).toHaveLength(1);
    await user.keyboard("{F8}");
    expect(screen.getByRole("textbox", { name: "count, row 2" })).toHaveFocus();
    expect(screen.getByRole("textbox", { name: "count, row 2" })).toHaveAccessibleDescription("Too many");
  });
  test("rows that are only read have no editor, and figures beside them stand there", () => {
    open(two(), { readOnly: true });
    expect(screen.queryByRole("textbox")).toBeNull();
    expect(screen.getByRole("grid")).toHaveAttribute("aria-readonly", "true");
    expect(cell(0, 5)).toHaveTextContent("-3");
    expect(screen.getAllByRole("row")).toHaveLength(4);
  });
});
