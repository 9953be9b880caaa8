import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import { createElement, type ReactNode } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { known, linked, PAGE, TOP, usePages } from "./usePages";

describe("the chain of pages", () => {
  it("grows by what each page says comes next", () => {
    const two = linked(TOP, 0, "a");
    expect(two).toEqual({ marks: [null, "a"], isWhole: false });
    expect(known(two, undefined)).toBe(2 * PAGE);
    const end = linked(two, 1, null);
    expect(end).toEqual({ marks: [null, "a"], isWhole: true });
    expect(known(end, 7)).toBe(PAGE + 7);
  });

  it("moves the marks of later pages when an earlier one has changed", () => {
    const three = linked(linked(TOP, 0, "a"), 1, "b");
    expect(linked(three, 0, "z").marks).toEqual([null, "z", "b"]);
  });

  it("ends earlier, and goes on, when rows were taken away or added", () => {
    const whole = linked(linked(linked(TOP, 0, "a"), 1, "b"), 2, null);
    expect(linked(whole, 1, null)).toEqual({ marks: [null, "a"], isWhole: true });
    expect(linked(whole, 2, "c")).toEqual({ marks: [null, "a", "b", "c"], isWhole: false });
  });

  it("stays the same where nothing is new", () => {
    const two = linked(TOP, 0, "a");
    expect(linked(two, 0, "a")).toBe(two);
  });
});

describe("rows page by page", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("asks for the next page only when the reader comes near it", async () => {
    const asked: (string | null)[] = [];
    const total = 250;
    vi.stubGlobal("fetch", async (address: string) => {
      const query = new URL(address, "http://here").searchParams;
      asked.push(query.get("cursor"));
      const from = Number(query.get("cursor") ?? 0);
      const rows = Array.from({ length: Math.min(PAGE, total - from) }, (_, n) => ({ id: from + n + 1 }));
      const next = from + PAGE < total ? String(from + PAGE) : null;
      return new Response(JSON.stringify({ form: "thing", columns: [], rows, next }));
    });
    const queries = new QueryClient();
    const wrapper = ({ children }: { children: ReactNode }) =>
      createElement(QueryClientProvider, { client: queries }, children);
    const { result } = renderHook(() => usePages("thing", "thing", { q: "" }), { wrapper });
    await waitFor(() => expect(result.current.count).toBe(2 * PAGE));
    expect(asked).toEqual([null]);
    expect(result.current.at(0)?.id).toBe(1);
    expect(result.current.at(150)).toBeUndefined();
    act(() => result.current.see(60, 99));
    await waitFor(() => expect(result.current.at(150)?.id).toBe(151));
    act(() => result.current.see(170, 199));
    await waitFor(() => expect(result.current.isWhole).toBe(true));
    expect(result.current.count).toBe(total);
    expect(result.current.at(249)?.id).toBe(250);
    expect(asked).toEqual([null, "100", "200"]);
  });
});
