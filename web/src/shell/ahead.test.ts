import { expect, it } from "vitest";
import { askedBy } from "./ahead";

it("an address tells which page it needs, and of what", () => {
  expect(askedBy("/")).toEqual({ page: "home" });
  expect(askedBy("/thing")).toEqual({ page: "list", form: "thing" });
  expect(askedBy("/thing/7")).toEqual({ page: "record", form: "thing", id: 7 });
  expect(askedBy("/thing/new")).toEqual({ page: "record", form: "thing" });
  expect(askedBy("/reports/things")).toEqual({ page: "report" });
  expect(askedBy("/dashboards/desk")).toEqual({ page: "dashboard" });
});

it("what is no form's page is not asked for", () => {
  for (const address of ["/flows", "/dashboards", "/shared/token", "/activity", "/thing/import"])
    expect(askedBy(address)).toBeNull();
});
