import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { I18nextProvider } from "react-i18next";
import { MemoryRouter, Route, Routes, useLocation } from "react-router";
import { expect, it, vi } from "vitest";
import type { ListRow } from "@/api/types";
import { Look } from "@/look/Look";
import { createTexts } from "@/text";
import type { Column } from "./columns";
import { Grid } from "./Grid";
import type { Picked } from "./picking";
import type { Rows } from "./usePages";

vi.mock("@ant-design/icons", () => ({ CaretDownFilled: () => null, CaretUpFilled: () => null }));

// A simulated page has no sizes; the grid draws what fits its box.
Object.defineProperties(HTMLElement.prototype, { clientHeight: { get: () => 640 }, clientWidth: { get: () => 1200 } });

const text = (key: string): Column => ({
  key,
  shape: { kind: "text", label: key },
  canSort: true,
  canFilter: true,
  canGroup: true,
});
const money: Column = { ...text("sum"), shape: { kind: "money", label: "sum" } };

function draw(change: Partial<Parameters<typeof Grid>[0]> = {}) {
  const all: ListRow[] = Array.from({ length: 5000 }, (_, n) => ({ id: n + 1, name: `Row ${n + 1}`, sum: `${n}.50` }));
  const rows: Rows = {
    count: all.length,
    isWhole: true,
    at: (index) => all[index],
    loaded: all.map((row, index) => ({ index, row })),
    headings: [],
    isStale: false,
    isLoading: false,
    error: null,
    again: vi.fn(),
    see: vi.fn(),
  };
  const toggle = vi.fn();
  const picked: Picked = { has: (id) => id === 2, size: 1, toggle, all: vi.fn() };
  const told = { onSort: vi.fn(), onWidth: vi.fn(), onMove: vi.fn() };
  render(
    <I18nextProvider i18n={createTexts("en")}>
      <Look>
        <MemoryRouter initialEntries={["/thing"]}>
          <Routes>
            <Route
              path="/thing"
              element={
                <Grid
                  form="thing"
                  columns={[text("name"), money]}
                  rows={rows}
                  total={5000}
                  titleKey="name"
                  sort={["-sum"]}
                  widths={{}}
                  sums={{ sum: "12345.60" }}
                  picked={picked}
                  label="Things"
                  {...told}
                  {...change}
                />
              }
            />
            <Route path="*" element={<Here />} />
          </Routes>
        </MemoryRouter>
      </Look>
    </I18nextProvider>,
  );
  return { ...told, toggle };
}

function Here() {
  return <output>{useLocation().pathname}</output>;
}

it("draws the rows in sight of thousands, and says how many there are", () => {
  draw();
  const grid = screen.getByRole("grid", { name: "Things" });
  expect(grid).toHaveAttribute("aria-rowcount", "5001");
  expect(within(grid).getAllByRole("row").length).toBeLessThan(80);
  expect(screen.getByRole("row", { name: /Row 2\b/ })).toHaveAttribute("aria-selected", "true");
  expect(screen.getByText("12,345.60")).toBeInTheDocument();
  expect(screen.getByRole("columnheader", { name: /sum/ })).toHaveAttribute("aria-sort", "descending");
});

it("is walked, chosen from and opened by the keyboard", async () => {
  const user = userEvent.setup();
  const { toggle } = draw();
  const first = screen.getByText("Row 1").closest<HTMLElement>("[role=gridcell]");
  act(() => first?.focus());
  await user.keyboard("{ArrowDown}{ArrowDown}");
  expect(document.activeElement).toHaveTextContent("Row 3");
  await user.keyboard(" ");
  expect(toggle).toHaveBeenCalledWith(expect.objectContaining({ id: 3 }), 2, false);
  await user.keyboard("{ArrowUp}{Enter}");
  expect(screen.getByText("/thing/2")).toBeInTheDocument();
});

it("is sorted, widened and reordered from its heads", async () => {
  const user = userEvent.setup();
  const { onSort, onWidth, onMove } = draw();
  await user.click(screen.getByRole("button", { name: "name" }));
  expect(onSort).toHaveBeenCalledWith("name", false);
  act(() => screen.getByRole("columnheader", { name: /name/ }).focus());
  await user.keyboard("{Shift>}{ArrowRight}{/Shift}");
  expect(onWidth).toHaveBeenCalledWith("name", expect.any(Number));
  await user.keyboard("{Control>}{ArrowRight}{/Control}");
  expect(onMove).toHaveBeenCalledWith("name", 1);
});

it("gives a row of the recycle bin a way back instead of a way in", async () => {
  const user = userEvent.setup();
  const back = vi.fn();
  draw({
    action: (row) => (
      <button type="button" onClick={() => back(row.id)}>
        {`Restore ${row.id}`}
      </button>
    ),
  });
  await user.click(screen.getByText("Row 4"));
  expect(screen.getByRole("grid")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Restore 4" }));
  expect(back).toHaveBeenCalledWith(4);
});
