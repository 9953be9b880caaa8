import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Asked,
  askedOf,
  isSame,
  NOTHING,
  nextSort,
  readAddress,
  selection,
  settingsOf,
  writeAddress,
} from "./address";
import type { Part } from "./condition";

const key = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
const condition: fc.Arbitrary<Part> = fc.record({
  field: key,
  op: key,
  value: fc.oneof(fc.string(), fc.integer(), fc.array(fc.integer())),
});
const parts = fc.array(condition, { minLength: 1, maxLength: 3 });
const part: fc.Arbitrary<Part> = fc.oneof(
  condition,
  parts.map((all): Part => ({ all })),
  fc
    .array(
      fc.oneof(
        condition,
        parts.map((all): Part => ({ all })),
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map((any) => ({ any })),
);
const asked: fc.Arbitrary<Asked> = fc.record({
  view: fc.oneof(fc.constant(""), key),
  q: fc.string({ maxLength: 12 }).map((text) => text.trim()),
  where: fc.array(part, { maxLength: 3 }),
  filter: fc.string({ maxLength: 20 }),
  sort: fc.oneof(fc.constant(null), fc.array(key, { minLength: 1, maxLength: 3 })),
  columns: fc.oneof(fc.constant(null), fc.array(key, { minLength: 1, maxLength: 5 })),
  group: fc.oneof(fc.constant(""), key),
  month: fc.constantFrom("", "2026-11"),
  bin: fc.boolean(),
});

describe("the address of a list", () => {
  it("says everything, so that Back and shared links show the same", () => {
    fc.assert(
      fc.property(asked, (one) => {
        expect(readAddress(new URLSearchParams(writeAddress(one).toString()))).toEqual(one);
      }),
    );
  });

  it("reads nothing into what is no condition", () => {
    expect(readAddress(new URLSearchParams({ where: "{broken" })).where).toEqual([]);
    expect(
      readAddress(new URLSearchParams({ where: '[1, {"field": "a"}, {"field": "a", "op": "eq", "value": 1}]' })).where,
    ).toEqual([{ field: "a", op: "eq", value: 1 }]);
  });

  it("keeps as a view what it shows, and shows it again", () => {
    fc.assert(
      fc.property(asked, (one) => {
        const again = askedOf(settingsOf(one, ""), "7");
        expect(isSame(again, { ...one, view: "7", month: "", bin: false })).toBe(true);
      }),
    );
  });

  it("leaves out of the question what was not asked", () => {
    expect(selection(NOTHING, [])).toEqual({ q: "", filter: "", where: undefined });
  });
});

describe("the order after a click", () => {
  it("rises, falls, and is the form's own again", () => {
    expect(nextSort(null, "a", false)).toEqual(["a"]);
    expect(nextSort(["a"], "a", false)).toEqual(["-a"]);
    expect(nextSort(["-a"], "a", false)).toBeNull();
    expect(nextSort(["-b", "c"], "a", false)).toEqual(["a"]);
  });

  it("turns the declared order, which it would otherwise only come back to", () => {
    expect(nextSort(null, "a", false, ["-a", "-b"])).toEqual(["a"]);
    expect(nextSort(null, "a", false, ["a"])).toEqual(["-a"]);
    expect(nextSort(null, "c", false, ["-a"])).toEqual(["c"]);
    expect(nextSort(null, "a", true, ["-a", "-b"])).toEqual(["a", "-b"]);
  });

  it("adds a further key, and turns or drops it in its place", () => {
    expect(nextSort(["b"], "a", true)).toEqual(["b", "a"]);
    expect(nextSort(["a", "b"], "a", true)).toEqual(["-a", "b"]);
    expect(nextSort(["-a", "b"], "a", true)).toEqual(["b"]);
  });
});
