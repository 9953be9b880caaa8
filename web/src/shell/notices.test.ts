import { expect, it } from "vitest";
import { addressOf, headOf } from "./notices";

const plain = { heading: null, title: null, by: null, link: null, form: null, record: null };

it("a notice says its own title, or who wrote about what", () => {
  expect(headOf({ ...plain, heading: "Waits for you", title: "A-1" })).toBe("Waits for you");
  expect(headOf({ ...plain, title: "A-1", by: { id: 7, title: "Ann" } })).toBe("Ann · A-1");
  expect(headOf({ ...plain, title: "A-1" })).toBe("A-1");
});

it("a notice leads along its link, else to its record, and never out of the pages", () => {
  expect(addressOf({ ...plain, link: "/flows/3", form: "thing", record: 4 })).toBe("/flows/3");
  expect(addressOf({ ...plain, form: "thing", record: 4 })).toBe("/thing/4");
  expect(addressOf({ ...plain, link: "//elsewhere.example/x" })).toBeNull();
  expect(addressOf({ ...plain, link: "/\\elsewhere.example" })).toBeNull();
  expect(addressOf({ ...plain, link: "https://elsewhere.example", form: "thing", record: 4 })).toBe("/thing/4");
  expect(addressOf(plain)).toBeNull();
});
