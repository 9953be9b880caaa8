import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, within } from "@testing-library/react";
import { I18nextProvider } from "react-i18next";
import { MemoryRouter } from "react-router";
import { afterEach, expect, it, vi } from "vitest";
import { createQueries } from "@/api/queries";
import { createTexts } from "@/text";
import { Meter } from "./Meter";

const step = {
  journal: 1,
  on: "2026-01-08",
  form: "thing",
  id: 7,
  label: "Thing",
  title: "T-7",
  kind: "place",
  is_reversal: false,
  wanted: "120.000000",
  settled: "0",
  released: "0",
  waiting: "0",
  figure: "0",
};
const hold = {
  hold: 1,
  placed_on: "2026-01-08",
  due: "2026-02-01",
  takes: true,
  wanted: "120",
  settled: "60",
  released: "0",
  open: "60",
  waiting: "5",
  is_shown: true,
};
const opened = {
  shows: "settled",
  measure: "quantity",
  count: 3,
  figure: "60.000000",
  withheld: { count: 1, figure: "10.000000" },
  steps: [
    step,
    {
      ...step,
      journal: 2,
      on: "2026-01-15",
      form: "note",
      id: 9,
      label: "Note",
      title: null,
      kind: "settle",
      wanted: "0",
      settled: "50.5",
      figure: "50.500000",
    },
    {
      ...step,
      journal: 3,
      on: "2026-01-16",
      form: "note",
      id: 9,
      label: "Note",
      title: "N-9",
      kind: "settle",
      wanted: "0",
      settled: "-0.5",
      figure: "-0.500000",
      is_reversal: true,
    },
  ],
  holds: [hold],
  line: {
    count: 2,
    waiting: "8",
    ahead: [{ hold: 4, form: "thing", id: 3, label: "Thing", title: "T-3", due: null, waiting: "3" }],
    withheld: { count: 1, waiting: "5" },
  },
  account: null,
};

function shown(answer: unknown) {
  const asked = vi.fn(async () => new Response(JSON.stringify(answer), { status: 200 }));
  vi.stubGlobal("fetch", asked);
  render(
    <I18nextProvider i18n={createTexts("en")}>
      <QueryClientProvider client={createQueries()}>
        <MemoryRouter>
          <Meter question={{ form: "thing", id: 7, field: "rows.done", row: 71 }} />
        </MemoryRouter>
      </QueryClientProvider>
    </I18nextProvider>,
  );
  return asked;
}

afterEach(() => vi.unstubAllGlobals());

it("tells every step of a promise with its document, and a sum that they come to", async () => {
  const asked = shown(opened);
  const steps = await screen.findByRole("table", { name: "3 steps" });
  expect(JSON.parse(String((asked.mock.calls as unknown as [string, RequestInit][])[0]?.[1].body))).toEqual({
    form: "thing",
    id: 7,
    field: "rows.done",
    row: 71,
  });
  const rows = within(steps)
    .getAllByRole("row")
    .map((row) => row.textContent);
  expect(rows.slice(1)).toEqual([
    "2026-01-08Thing T-7placed 120–",
    "2026-01-15Notesettled 50.550.5",
    "2026-01-16Note N-9settled -0.5 reversal-0.5",
    "1 more that you may not see10",
    "Sum60",
  ]);
  expect(within(steps).getByRole("link", { name: "Note N-9" })).toHaveAttribute("href", "/note/9");
  const line = screen.getByRole("table", { name: "5 missing: 2 stand before it in line" });
  expect(
    within(line)
      .getAllByRole("row")
      .map((row) => row.textContent),
  ).toEqual(["no due dayThing T-33", "1 more that you may not see5", "Missing before it8"]);
});

it("says so where nothing was promised", async () => {
  shown({ ...opened, count: 0, steps: [], holds: [], line: null, withheld: null });
  expect(await screen.findByText(/Nothing has been promised yet/)).toBeInTheDocument();
});
