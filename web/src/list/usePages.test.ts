import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import { createElement, type ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { PAGE } from "./run";
import { usePages } from "./usePages";

let total = 0;
let asked: string[] = [];

/** A list whose marks are places: rows behind `cursor`, in front of `before`, after `skip`, counted from the `end`. */
function answered(address: string): Response {
  const query = new URL(address, "http://here").searchParams;
  asked.push([...query].filter(([key]) => key !== "limit" && key !== "q").join() || "top");
  const limit = Number(query.get("limit"));
  const skip = Number(query.get("skip") ?? 0);
  const before = query.get("before");
  const until = query.has("end") ? total - skip : before === null ? null : Number(before);
  const from = until === null ? skip + Number(query.get("cursor") ?? 0) : Math.max(0, until - limit);
  const to = Math.min(total, until ?? from + limit);
  const rows = Array.from({ length: Math.max(0, to - from) }, (_, n) => ({ id: from + n + 1 }));
  const marks = { previous: from > 0 ? String(from) : null, next: to < total ? String(to) : null };
  return new Response(JSON.stringify({ form: "thing", columns: [], rows, ...marks }));
}

beforeEach(() => {
  asked = [];
  vi.stubGlobal("fetch", async (address: string) => answered(address));
});
afterEach(() => vi.unstubAllGlobals());

function pages(known: number | null) {
  const queries = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) =>
    createElement(QueryClientProvider, { client: queries }, children);
  return renderHook(() => usePages("thing", "thing", { q: "" }, known), { wrapper }).result;
}

it("asks for the next page only when the reader comes near it", async () => {
  total = 250;
  const result = pages(null);
  await waitFor(() => expect(result.current.count).toBe(2 * PAGE));
  expect(asked).toEqual(["top"]);
  expect(result.current.at(0)?.id).toBe(1);
  expect(result.current.at(150)).toBeUndefined();
  act(() => result.current.see(60, 99));
  await waitFor(() => expect(result.current.at(150)?.id).toBe(151));
  act(() => result.current.see(170, 199));
  await waitFor(() => expect(result.current.isWhole).toBe(true));
  expect(result.current.count).toBe(total);
  expect(result.current.at(249)?.id).toBe(250);
  expect(asked).toEqual(["top", "cursor,100", "cursor,200"]);
});

it("goes to the end, to the middle and to the top without what lies between", async () => {
  total = 1_000_030;
  const result = pages(total);
  await waitFor(() => expect(result.current.at(0)?.id).toBe(1));
  expect(result.current.count).toBe(total);
  const goes = async (first: number, last: number) => {
    act(() => result.current.see(first, last));
    await waitFor(() => {
      expect(result.current.at(first)?.id).toBe(first + 1);
      expect(result.current.at(last)?.id).toBe(last + 1);
    });
    expect(result.current.count).toBe(total);
    expect(result.current.isStale || result.current.isLoading).toBe(false);
  };
  await goes(total - 18, total - 1);
  expect(asked.slice(0, 2)).toEqual(["top", "end,true"]);
  // Upwards from the end.
  await goes(total - 160, total - 142);
  await goes(300_040, 300_058);
  expect(asked).toContain("skip,300000");
  await goes(299_990, 300_008);
  await goes(700_010, 700_028);
  expect(asked).toContain(`end,true,skip,${total - 700_100}`);
  await goes(0, 18);
  expect(asked.length).toBeLessThan(20);
});
