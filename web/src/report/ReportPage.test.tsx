/** Rows of a report are ticked and become documents: by the mouse, by keys alone, and where the server refuses. */
import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { I18nextProvider } from "react-i18next";
import { MemoryRouter, Route, Routes, useLocation } from "react-router";
import { beforeEach, expect, test, vi } from "vitest";
import { createQueries } from "@/api/queries";
import { Look } from "@/look/Look";
import { Messages } from "@/look/messages";
import { Shortcuts } from "@/look/shortcuts";
import { createTexts } from "@/text";
import ReportPage from "./ReportPage";

const REPORT = {
  report: "short",
  label: "Short",
  source: "positions",
  of: "stock",
  keys: 1,
  parameters: [],
  creates: [
    { name: "order", label: "Order", form: "wish" },
    { name: "hidden", label: "Hidden", form: "secret" },
  ],
};
const PAGE = {
  form: "stock",
  report: "short",
  columns: [
    { key: "item", label: "Thing", kind: "link", to: "thing" },
    { key: "missing", label: "Missing", kind: "quantity", measure: true },
  ],
  rows: [
    { item: { id: 7, title: "Bolt" }, missing: "3" },
    { item: { id: 8, title: "Nut" }, missing: "0" },
    { item: { id: 9, title: "Washer" }, missing: "5" },
  ],
  parameters: { at_least: "0" },
  total_rows: 3,
  totals: {},
  offset: 0,
  creates: { order: [true, false, true] },
};

let sent: { body: unknown; key: string | null }[] = [];
let answers: { status: number; body: unknown }[] = [];

const outcome = (...ids: number[]) => ({
  status: 201,
  body: { form: "wish", id: ids[0], created: ids.slice(1).map((id) => ({ form: "wish", id })) },
});

beforeEach(() => {
  sent = [];
  answers = [];
  vi.stubGlobal("fetch", async (address: string, request: RequestInit) => {
    const path = new URL(address, "http://here").pathname;
    if (request.method === "POST") {
      sent.push({ body: JSON.parse(String(request.body)), key: new Headers(request.headers).get("Idempotency-Key") });
      const answer = answers.shift();
      if (!answer) throw new TypeError("no network");
      return new Response(JSON.stringify(answer.body), { status: answer.status });
    }
    const body = path.endsWith("/reports") ? [REPORT] : path.endsWith("/short") ? PAGE : { fields: [] };
    return new Response(JSON.stringify(body), { status: 200 });
  });
});

async function open() {
  render(
    <I18nextProvider i18n={createTexts("en")}>
      <QueryClientProvider client={createQueries()}>
        <Look>
          <Messages>
            <Messages>
              <Shortcuts>
                <MemoryRouter initialEntries={["/reports/short"]}>
                  <Routes>
                    <Route path="/reports/:report" element={<ReportPage />} />
                    <Route path="*" element={<Here />} />
                  </Routes>
                </MemoryRouter>
              </Shortcuts>
            </Messages>
          </Messages>
        </Look>
      </QueryClientProvider>
    </I18nextProvider>,
  );
  await screen.findByRole("checkbox", { name: "Choose row 1: Bolt" }, { timeout: 10_000 });
}

function Here() {
  const { pathname, search } = useLocation();
  return <output>{pathname + decodeURIComponent(search)}</output>;
}

test("only rows that qualify can be chosen, and only what the reader may make is offered", async () => {
  await open();
  expect(screen.queryByRole("checkbox", { name: /Nut/ })).toBeNull();
  const bar = screen.getByRole("toolbar", { name: "Make documents of rows" });
  expect(
    within(bar)
      .getAllByRole("button")
      .map((one) => one.textContent),
  ).toEqual(["Order: all"]);
});

test("chosen rows are sent by their keys, without figures, and lead to the one document", async () => {
  answers = [outcome(41)];
  await open();
  await userEvent.click(screen.getByRole("checkbox", { name: "Choose row 3: Washer" }));
  await userEvent.click(screen.getByRole("button", { name: "Order (1)" }));
  expect(await screen.findByText("/wish/41")).toBeVisible();
  expect(sent[0]?.body).toEqual({ parameters: { at_least: "0" }, rows: [{ item: 9 }], sort: null });
  expect(sent[0]?.key).toBeTruthy();
});

test("keys alone choose rows, all of the page at once, and several documents lead to a list of them", async () => {
  answers = [outcome(41, 42)];
  await open();
  screen.getByRole("checkbox", { name: "Choose row 1: Bolt" }).focus();
  await userEvent.keyboard(" ");
  await userEvent.keyboard("{ArrowDown}");
  expect(screen.getByRole("checkbox", { name: "Choose row 3: Washer" })).toHaveFocus();
  await userEvent.keyboard(" {ArrowUp}{ArrowUp}");
  const all = screen.getByRole("checkbox", { name: "Choose all rows of this page" });
  expect(all).toHaveFocus();
  expect(all).toBeChecked();
  screen.getByRole("button", { name: "Order (2)" }).focus();
  await userEvent.keyboard("{Enter}");
  expect(await screen.findByText('/wish?where=[{"field":"id","op":"in","value":[41,42]}]')).toBeVisible();
  expect(sent[0]?.body).toMatchObject({ rows: [{ item: 7 }, { item: 9 }] });
});

test("without a choice all rows are asked about first", async () => {
  answers = [outcome(41)];
  await open();
  await userEvent.click(screen.getByRole("button", { name: "Order: all" }));
  expect(sent).toEqual([]);
  await userEvent.click(await screen.findByRole("button", { name: "OK" }));
  await waitFor(() => expect(sent[0]?.body).toMatchObject({ rows: null }));
});

test("what the server refuses is told in place, and a lost answer is asked for under the same key", async () => {
  await open();
  await userEvent.click(screen.getByRole("checkbox", { name: "Choose row 1: Bolt" }));
  await userEvent.click(screen.getByRole("button", { name: "Order (1)" }));
  expect(await screen.findByRole("alert")).toBeVisible();
  const problem = { status: 422, code: "form.invalid", detail: "Not so", data: {}, problems: [] };
  answers = [
    { status: 422, body: problem },
    { status: 422, body: problem },
  ];
  await userEvent.click(screen.getByRole("button", { name: "Order (1)" }));
  expect(await screen.findByText("Not so")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Order (1)" }));
  await waitFor(() => expect(sent).toHaveLength(3));
  expect(sent[1]?.key).toBe(sent[0]?.key);
  expect(sent[2]?.key).not.toBe(sent[0]?.key);
});
