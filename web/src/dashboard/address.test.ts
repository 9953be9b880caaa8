import { describe, expect, it } from "vitest";
import { addressOf, askedIn, changed, reportAddress } from "./address";

describe("the address of a dashboard", () => {
  it("says its filters, and whether it hangs on a wall", () => {
    const asked = askedIn(new URLSearchParams("from=2026-01-01&to=&place=7&wall=1"));
    expect(asked).toEqual({ parameters: { from: "2026-01-01", place: "7" }, isWall: true });
  });

  it("keeps what was not changed", () => {
    const address = new URLSearchParams("from=2026-01-01&wall=1");
    expect(changed(address, { from: null, place: "7" }).toString()).toBe("wall=1&place=7");
    expect(changed(address, { wall: null }).toString()).toBe("from=2026-01-01");
  });
});

describe("where something leads", () => {
  it("is a new record, a list with its condition, a report, a dashboard, or what awaits agreement", () => {
    expect(addressOf({ new: "thing" })).toBe("/thing/new");
    expect(addressOf({ form: "thing" })).toBe("/thing");
    expect(addressOf({ form: "thing", filter: 'state = "a" AND b > 1' })).toBe(
      "/thing?filter=state+%3D+%22a%22+AND+b+%3E+1",
    );
    expect(addressOf({ report: "things" })).toBe("/reports/things");
    expect(addressOf({ dashboard: "desk" })).toBe("/dashboards/desk");
    expect(addressOf({ flows: true, form: "thing" })).toBe("/flows");
  });

  it("is the report under the parameters that the figure was read with", () => {
    const parameters = { from: "2026-01-01", place: { id: 7, title: "A" }, known_at: null };
    expect(reportAddress({ report: "things", parameters })).toBe("/reports/things?from=2026-01-01&place=7");
    expect(reportAddress({ report: "things", parameters: {} })).toBe("/reports/things");
  });
});
