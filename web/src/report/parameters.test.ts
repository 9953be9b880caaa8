import { describe, expect, it } from "vitest";
import { askedIn, changed, questionOf, turned } from "./parameters";

describe("what a report is asked", () => {
  it("stands in the address beside its order and page", () => {
    const asked = askedIn(new URLSearchParams("from=2026-01-01&to=&sort=-worth&page=3&chart=1"));
    expect(asked).toEqual({ parameters: { from: "2026-01-01" }, sort: "-worth", page: 3 });
    expect(questionOf(asked)).toEqual({ from: "2026-01-01", sort: "-worth", limit: 100, offset: 200 });
  });

  it("begins at the first page when something else is asked", () => {
    expect(changed(new URLSearchParams("page=3&sort=a"), { sort: null, from: "x" }).toString()).toBe("from=x");
    expect(changed(new URLSearchParams("sort=a"), { page: "2" }).toString()).toBe("sort=a&page=2");
  });

  it("turns its order: rising, falling, its own", () => {
    expect(turned(null, "a")).toBe("a");
    expect(turned("a", "a")).toBe("-a");
    expect(turned("-a", "a")).toBeNull();
    expect(turned("b", "a")).toBe("a");
  });
});
