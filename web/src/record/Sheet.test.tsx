import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { I18nextProvider } from "react-i18next";
import { MemoryRouter, Route, Routes } from "react-router";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { madeUpField } from "@/api/madeUp";
import { createQueries, keys } from "@/api/queries";
import type { Formula } from "@/expression/tree";
import { Messages } from "@/look/messages";
import { Shortcuts } from "@/look/shortcuts";
import { createTexts } from "@/text";
import RecordPage from "./RecordPage";

const always: Formula = {
  version: 1,
  type: { kind: "flag" },
  volatility: "immutable",
  paths: [],
  tree: { node: "literal", value: true, type: { kind: "flag" } },
};
const field = madeUpField;
const form = {
  form: "note",
  label: "Note",
  help: null,
  kind: "document",
  version: "1",
  singleton: false,
  numbered: false,
  numbered_at: null,
  title: "name",
  dated_by: null,
  searchable: true,
  fields: [field("name", { required: always }), field("words")],
  sections: [{ label: "Main", fields: ["name", "words"] }],
  states: [
    { name: "draft", label: "Draft", editable: true },
    { name: "sent", label: "Sent", editable: false },
  ],
  transitions: [
    {
      name: "send",
      label: "Send",
      from: ["draft"],
      to: "sent",
      posts: true,
      reversible: true,
      irreversible: null,
      may_run: true,
      may_reverse: true,
    },
  ],
  list: { columns: [], sort: [], filter: null },
  rights: { read: "all", create: "all", update: "all", delete: "all", export: true, import: false },
};
const stored = (version: number, values: object) => ({
  form: "note",
  id: 7,
  version,
  state: "draft",
  state_label: "Draft",
  title: "One",
  values: { name: "One", words: null, ...values },
  stamps: { created_at: "", created_by: null, updated_at: "", updated_by: { id: 2, title: "Ada" } },
  editable: true,
  deletable: true,
  deleted_at: null,
  transitions: [{ name: "send", label: "Send", to: "sent", is_allowed: true, reasons: [] }],
  related: { before: [], after: [] },
  steps: [],
});

type Answer = (body: Record<string, unknown>) => { status?: number; body: unknown };
const asked: { method: string; path: string; body: Record<string, unknown> }[] = [];
let answers: Record<string, Answer>;

const session = {
  login: "a",
  csrf: "c",
  expires_at: "",
  company: { id: 1, name: "C" },
  companies: [],
  user: { id: 3, name: "A", language: "en", roles: [] },
};

/** The page as it stands in the frame, which knows the session before it shows any page. */
function open(path: string) {
  const queries = createQueries();
  queries.setQueryData(keys.session, session);
  return render(
    <I18nextProvider i18n={createTexts("en")}>
      <QueryClientProvider client={queries}>
        <Messages>
          <Shortcuts>
            <MemoryRouter initialEntries={[path]}>
              <Routes>
                <Route path=":form/new" element={<RecordPage />} />
                <Route path=":form/:id" element={<RecordPage />} />
              </Routes>
            </MemoryRouter>
          </Shortcuts>
        </Messages>
      </QueryClientProvider>
    </I18nextProvider>,
  );
}

beforeEach(() => {
  localStorage.clear();
  asked.length = 0;
  Element.prototype.scrollIntoView = () => undefined;
  answers = {
    "GET forms/note": () => ({ body: form }),
    "GET note/7": () => ({ body: stored(1, {}) }),
    "GET note/7/changes": () => ({ body: [] }),
    "GET note/7/comments": () => ({ body: { items: [] } }),
    "GET note/7/files": () => ({ body: { items: [] } }),
    "POST note/draft": ({ values }) => ({
      body: { values: { name: null, words: null, ...(values as object) }, problems: [] },
    }),
  };
  vi.stubGlobal("fetch", async (url: string, request: RequestInit = {}) => {
    const method = request.method ?? "GET";
    const path = String(url).replace("/api/", "").split("?")[0] ?? "";
    const body = request.body ? (JSON.parse(String(request.body)) as Record<string, unknown>) : {};
    asked.push({ method, path, body });
    const answer = answers[`${method} ${path}`]?.(body) ?? {
      status: 404,
      body: { status: 404, code: "none", detail: "none" },
    };
    return new Response(JSON.stringify(answer.body), { status: answer.status ?? 200 });
  });
});
afterEach(() => vi.unstubAllGlobals());

const sent = (method: string, path: string) => asked.filter((one) => one.method === method && one.path === path);

describe("a record on its page", () => {
  it("shows every refusal at its field and puts the reader at the first", async () => {
    answers["POST note"] = () => ({
      status: 422,
      body: {
        status: 422,
        code: "form.invalid",
        detail: "no",
        problems: [{ code: "form.required", field: "name", row: null, text: "Give it a name", data: {} }],
      },
    });
    open("/note/new");
    await userEvent.click(await screen.findByRole("button", { name: "Save" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("Give it a name");
    await waitFor(() => expect(document.activeElement).toHaveAttribute("id", "field-name"));
    await userEvent.type(screen.getByLabelText(/^name/), "x");
    await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
  });

  it("saves only what was typed, by the keyboard", async () => {
    let version = 1;
    let words: unknown = null;
    answers["GET note/7"] = () => ({ body: stored(version, { words }) });
    answers["PATCH note/7"] = ({ values }) => {
      version = 2;
      words = (values as { words: unknown }).words;
      return {
        body: { form: "note", id: 7, version, state: "draft", number: null, created: [], undone: [], warnings: [] },
      };
    };
    open("/note/7");
    await userEvent.type(await screen.findByLabelText("words"), "hello");
    await userEvent.keyboard("{Control>}s{/Control}");
    await waitFor(() => expect(sent("PATCH", "note/7")).toHaveLength(1));
    expect(sent("PATCH", "note/7")[0]?.body).toEqual({ expected_version: 1, values: { words: "hello" } });
    await waitFor(() => expect(screen.getByRole("button", { name: "Save" })).toBeDisabled());
    expect(screen.getByLabelText("words")).toHaveValue("hello");
  });

  it("looks at a step that moves the book before it is taken, with what was typed", async () => {
    answers["POST note/7/preview"] = () => ({
      body: {
        is_possible: false,
        outcome: null,
        entries: [],
        holds: [],
        balances: [],
        created: [],
        refusals: [
          { code: "a", detail: "Too little of it", data: {}, problems: [] },
          { code: "b", detail: "Nobody may", data: {}, problems: [] },
        ],
      },
    });
    open("/note/7");
    await userEvent.type(await screen.findByLabelText("words"), "x");
    await userEvent.click(screen.getByRole("button", { name: "Save and Send" }));
    expect(await screen.findByText("Too little of it")).toBeVisible();
    expect(screen.getByText("Nobody may")).toBeVisible();
    expect(screen.getByRole("button", { name: "Confirm Send" })).toBeDisabled();
    const looked = JSON.stringify(sent("POST", "note/7/preview")[0]?.body);
    expect(looked).toBe('{"expected_version":1,"values":{"words":"x"},"then":"send"}');
    expect(sent("PATCH", "note/7")).toHaveLength(0);
  });

  it("asks field by field where somebody else changed the same", async () => {
    let version = 1;
    answers["GET note/7"] = () => ({ body: stored(version, version > 1 ? { words: "theirs" } : {}) });
    answers["PATCH note/7"] = (body) => {
      if (body.expected_version !== 1) {
        version = 3;
        return {
          body: {
            form: "note",
            id: 7,
            version: 3,
            state: "draft",
            number: null,
            created: [],
            undone: [],
            warnings: [],
          },
        };
      }
      version = 2;
      return {
        status: 409,
        body: {
          status: 409,
          code: "form.stale",
          detail: "stale",
          data: { version: 2 },
          problems: [
            {
              code: "form.changed_by_other",
              field: "words",
              row: null,
              text: "changed",
              data: { by: "Ada", at: "2026-01-02T03:04:05Z" },
            },
          ],
        },
      };
    };
    open("/note/7");
    await userEvent.type(await screen.findByLabelText("words"), "mine");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText(/changed by Ada/)).toBeVisible();
    expect(screen.getByRole("radio", { name: /Mine: mine/ })).toBeChecked();
    expect(screen.getByRole("radio", { name: /Theirs: theirs/ })).not.toBeChecked();
    await userEvent.click(screen.getByRole("button", { name: "Save as chosen" }));
    await waitFor(() => expect(sent("PATCH", "note/7")).toHaveLength(2));
    expect(sent("PATCH", "note/7")[1]?.body).toEqual({ expected_version: 2, values: { words: "mine" } });
  });

  it("says of a step what was changed since, and looks at it again", async () => {
    let version = 1;
    answers["GET note/7"] = () => ({ body: stored(version, {}) });
    answers["POST note/7/send/preview"] = (body) => {
      if (body.expected_version === 1) version = 2;
      const cause = {
        code: "form.changed_since",
        field: "words",
        row: null,
        text: "words was changed by Ada",
        data: {},
      };
      const stale = { code: "form.stale", detail: "stale", data: { version }, problems: [cause] };
      const isLatest = body.expected_version === version;
      const nothing = { outcome: null, entries: [], holds: [], balances: [], created: [] };
      return { body: { ...nothing, is_possible: isLatest, refusals: isLatest ? [] : [stale] } };
    };
    open("/note/7");
    await userEvent.click(await screen.findByRole("button", { name: "Send" }));
    expect(await screen.findByText("words was changed by Ada")).toBeVisible();
    expect(screen.getByRole("button", { name: "Confirm Send" })).toBeDisabled();
    expect(screen.queryByRole("radio")).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "Look again at the latest" }));
    await waitFor(() => expect(screen.getByRole("button", { name: "Confirm Send" })).toBeEnabled());
    expect(screen.queryByText("words was changed by Ada")).toBeNull();
  });

  it("offers what was typed before a crash", async () => {
    const first = open("/note/7");
    await userEvent.type(await screen.findByLabelText("words"), "half a sen");
    first.unmount();
    open("/note/7");
    await userEvent.click(await screen.findByRole("button", { name: "Go on with it" }));
    expect(screen.getByLabelText("words")).toHaveValue("half a sen");
  });

  it("says that figures may be missing where the server does not answer, and asks again by itself", async () => {
    const draft = answers["POST note/draft"];
    let isAway = false;
    answers["POST note/draft"] = (body) =>
      isAway ? { status: 503, body: { status: 503, code: "down", detail: "down" } } : (draft?.(body) ?? { body: {} });
    open("/note/7");
    const name = await screen.findByLabelText(/name/);
    isAway = true;
    await userEvent.type(name, "!");
    expect(await screen.findByText(/does not answer at the moment/, {}, { timeout: 5_000 })).toBeVisible();
    isAway = false;
    await waitFor(() => expect(screen.queryByText(/does not answer at the moment/)).toBeNull(), { timeout: 15_000 });
    expect(name).toHaveValue("One!");
  });
});
