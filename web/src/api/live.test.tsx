import { QueryClient, QueryClientProvider, QueryObserver } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useLive } from "./live";
import { keys } from "./queries";

/** The line to the server, at whose other end the test stands. */
class Line extends EventTarget {
  static newest: Line;
  isClosed = false;

  constructor(readonly address: string) {
    super();
    Line.newest = this;
  }

  close() {
    this.isClosed = true;
  }

  tell(kind: string, data: unknown = {}) {
    act(() => void this.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify(data) })));
  }
}

let queries: QueryClient;
const LIST = [...keys.lists("note"), { q: "" }];
const OTHER_LIST = [...keys.lists("thing"), {}];
const RECORD = keys.record("note", 7);
const OTHER_RECORD = keys.record("note", 8);
const KNOWN = [LIST, OTHER_LIST, RECORD, OTHER_RECORD, keys.home, keys.notifications, keys.form("note")];

function listening() {
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queries}>{children}</QueryClientProvider>
  );
  return renderHook(() => useLive(), { wrapper });
}

function stale() {
  return KNOWN.filter((key) => queries.getQueryState(key)?.isInvalidated);
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", Line);
  queries = new QueryClient();
  for (const key of KNOWN) queries.setQueryData(key, "what was read before");
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("what changed is asked for again, and nothing else", () => {
  listening();
  Line.newest.tell("change", { form: "note", record: 7 });
  expect(stale()).toEqual([]);
  vi.advanceTimersByTime(500);
  expect(stale()).toEqual([LIST, RECORD, keys.home]);
});

it("figures are asked for again when records move that they are of, but not at every change", async () => {
  const asked = (name: string, figuresOf: string[] | "anything") => {
    const asking = vi.fn(async () => "figure");
    const observer = new QueryObserver(queries, {
      queryKey: [name],
      queryFn: asking,
      meta: { figuresOf },
      staleTime: 1e9,
    });
    return { asking, leave: observer.subscribe(() => undefined) };
  };
  const notes = asked("of notes", ["note"]);
  const things = asked("of things", ["thing"]);
  const all = asked("of anything", "anything");
  const counts = () => [notes, things, all].map((one) => one.asking.mock.calls.length);
  listening();
  await vi.advanceTimersByTimeAsync(1);
  expect(counts()).toEqual([1, 1, 1]);
  Line.newest.tell("change", { form: "note", record: 7 });
  await vi.advanceTimersByTimeAsync(500);
  expect(counts()).toEqual([2, 1, 2]);
  Line.newest.tell("change", { form: "note", record: 8 });
  Line.newest.tell("change", { form: "thing", record: 1 });
  await vi.advanceTimersByTimeAsync(2_000);
  expect(counts()).toEqual([2, 1, 2]);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(counts()).toEqual([3, 2, 3]);
  for (const one of [notes, things, all]) one.leave();
});

it("many changes at once concern every record of the form", () => {
  listening();
  Line.newest.tell("change", { form: "note", record: null });
  vi.advanceTimersByTime(500);
  expect(stale()).toEqual([LIST, RECORD, OTHER_RECORD, keys.home]);
});

it("where the server says that something was missed, nothing that was read still counts", () => {
  listening();
  Line.newest.tell("missed");
  expect(stale()).toEqual(KNOWN);
});

it("a line that broke and came back has missed something, too; the first one has not", () => {
  listening();
  Line.newest.tell("open");
  expect(stale()).toEqual([]);
  Line.newest.tell("error");
  expect(stale()).toEqual([]);
  Line.newest.tell("open");
  expect(stale()).toEqual(KNOWN);
});

it("a notice is a reason to ask for notices", () => {
  listening();
  Line.newest.tell("notification");
  expect(stale()).toEqual([keys.notifications]);
});

it("nothing is heard any more once the pages are left", () => {
  const { unmount } = listening();
  Line.newest.tell("change", { form: "note", record: 7 });
  unmount();
  vi.advanceTimersByTime(500);
  expect(Line.newest.isClosed).toBe(true);
  expect(stale()).toEqual([]);
});
