import { afterEach, expect, it, vi } from "vitest";
import { inBulk, PART } from "./bulk";

afterEach(() => vi.unstubAllGlobals());

interface Sent {
  method: string;
  path: string;
  body: { records?: { id: number }[] };
  key: string | null;
}

function server(answer: (sent: Sent) => [number, unknown]): Sent[] {
  const all: Sent[] = [];
  vi.stubGlobal("fetch", async (path: string, request: RequestInit) => {
    const headers = new Headers(request.headers);
    const sent = {
      method: request.method ?? "",
      path,
      body: JSON.parse(String(request.body)),
      key: headers.get("Idempotency-Key"),
    };
    all.push(sent);
    const [status, body] = answer(sent);
    return new Response(JSON.stringify(body), { status });
  });
  return all;
}

it("goes in parts, each under its own key, and answers for every record", async () => {
  const sent = server(({ body }) => [
    200,
    {
      results: body.records?.map(({ id }) =>
        id === 3 ? { id, ok: false, problem: { detail: "no" } } : { id, ok: true, version: 2 },
      ),
    },
  ]);
  const chosen = Array.from({ length: PART + 5 }, (_, n) => ({ id: n + 1, version: 1 }));
  const progress: number[] = [];
  const results = await inBulk("thing", { transition: "shut" }, chosen, (done) => progress.push(done));
  expect(results.filter((one) => one.ok)).toHaveLength(PART + 4);
  expect(results.find((one) => !one.ok)?.id).toBe(3);
  expect(progress).toEqual([PART, PART + 5]);
  expect(sent.map((one) => one.path)).toEqual(["/api/thing/bulk", "/api/thing/bulk"]);
  expect(new Set(sent.map((one) => one.key)).size).toBe(2);
  expect(sent[0]?.body).toMatchObject({
    transition: "shut",
    records: expect.arrayContaining([{ id: 1, expected_version: 1 }]),
  });
});

it("tells of each record why a whole request was refused", async () => {
  server(() => [403, { code: "form.forbidden", detail: "You may not" }]);
  const results = await inBulk("thing", { bin: true }, [
    { id: 1, version: 1 },
    { id: 2, version: undefined },
  ]);
  expect(results.map((one) => [one.id, one.ok, one.problem?.detail])).toEqual([
    [1, false, "You may not"],
    [2, false, "You may not"],
  ]);
});

it("brings records back one by one", async () => {
  const sent = server(({ path }) => (path.includes("/2/") ? [409, { code: "x", detail: "twice" }] : [200, {}]));
  const results = await inBulk("thing", { restore: true }, [
    { id: 1, version: 1 },
    { id: 2, version: 1 },
    { id: 3, version: 1 },
  ]);
  expect(sent.map((one) => one.path)).toEqual(["/api/thing/1/restore", "/api/thing/2/restore", "/api/thing/3/restore"]);
  expect(results.map((one) => one.ok)).toEqual([true, false, true]);
});
