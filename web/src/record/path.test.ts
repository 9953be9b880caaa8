import { expect, it } from "vitest";
import type { Form } from "@/api/types";
import { isOpenIn, leadsOn, pathOf } from "./path";

const form = {
  states: [
    { name: "draft", label: "D", editable: true },
    { name: "asked", label: "A", editable: false },
    { name: "done", label: "F", editable: false },
    { name: "gone", label: "G", editable: false },
  ],
  transitions: [
    { name: "ask", from: ["draft"], to: "asked" },
    { name: "drop", from: ["draft", "asked"], to: "gone" },
    { name: "back", from: ["asked"], to: "draft" },
    { name: "end", from: ["asked"], to: "done" },
  ],
} as unknown as Form;

it("the road follows the first step that leads on and never turns back", () => {
  expect(pathOf(form, "asked").map((one) => [one.name, one.is])).toEqual([
    ["draft", "past"],
    ["asked", "now"],
    ["gone", "ahead"],
  ]);
});

it("a state beside the road is shown where the record stands", () => {
  expect(pathOf(form, "done").map((one) => [one.name, one.is])).toEqual([
    ["draft", "past"],
    ["done", "now"],
  ]);
});

it("a step leads on along the road, not back and not away from it", () => {
  const tos = ["draft", "asked", "gone", "done"];
  expect(tos.map((to) => leadsOn(form, "draft", to))).toEqual([true, true, true, false]);
  expect(tos.map((to) => leadsOn(form, "asked", to))).toEqual([false, true, true, false]);
});

it("a field stays open up to the state that it names, else as the state says", () => {
  expect(isOpenIn(form, "asked", null)).toBe(false);
  expect(isOpenIn(form, "asked", "asked")).toBe(true);
  expect(isOpenIn(form, "done", "asked")).toBe(false);
  expect(isOpenIn(form, "draft", null)).toBe(true);
});
