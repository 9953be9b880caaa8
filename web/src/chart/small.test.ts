import { describe, expect, it } from "vitest";
import { PROVINCES, provinceOf } from "./provinces";
import { sparkOf } from "./spark";
import { levelOf, roundUp, stepsOf } from "./steps";
import { weeksOf } from "./weeks";

describe("steps of a colour", () => {
  it("end at round figures and reach the largest value", () => {
    expect(stepsOf([3, 48, 97])).toEqual([20, 40, 60, 80, 100]);
    expect(stepsOf([1000, 990])).toEqual([200, 400, 600, 800, 1000]);
    expect(stepsOf([7.3])).toEqual([1.5, 3, 4.5, 6, 7.5]);
    expect(stepsOf([0, -5])).toEqual([]);
  });

  it("are whole where only whole things are counted", () => {
    expect(stepsOf([1, 6, 3])).toEqual([2, 4, 6]);
    expect(stepsOf([1, 2])).toEqual([1, 2]);
  });

  it("put every value on a step, and nothing on none", () => {
    const steps = stepsOf([97]);
    expect([-1, 0, null, 0.5, 20, 21, 97].map((one) => levelOf(one, steps))).toEqual([0, 0, 0, 1, 1, 2, 5]);
  });

  it("round up to what can be said", () => {
    expect([0.013, 0.1, 19, 20, 21, 81].map(roundUp)).toEqual([0.015, 0.1, 20, 20, 30, 100]);
  });
});

describe("the map of tiles", () => {
  it("has every province once, each on a tile of its own", () => {
    expect(PROVINCES).toHaveLength(34);
    expect(new Set(PROVINCES.map((one) => one.name)).size).toBe(34);
    expect(new Set(PROVINCES.map((one) => `${one.x} ${one.y}`)).size).toBe(34);
  });

  it("knows them by short and full names, in both languages", () => {
    for (const name of ["广西", "广西壮族自治区", "Guangxi", " guangxi zhuang"])
      expect(provinceOf(name)?.name).toBe("广西");
    expect(provinceOf("陕西省")?.english).toBe("Shaanxi");
    expect(provinceOf("山西省")?.english).toBe("Shanxi");
    expect(provinceOf("Berlin")).toBeNull();
  });
});

describe("a small line", () => {
  it("stands on zero, and is none of a single point", () => {
    expect(sparkOf([0, 10], 100, 24)).toEqual({
      line: "M0.0 22.0L100.0 2.0",
      area: "M0.0 22.0L100.0 2.0L100.0 22.0L0.0 22.0Z",
    });
    expect(sparkOf([5], 100, 24)).toBeNull();
    expect(sparkOf([null, 5, null], 100, 24)).toBeNull();
  });

  it("leaves out what is not known, and lies flat where all is nothing", () => {
    expect(sparkOf([0, null, 10], 100, 24)?.line).toBe("M0.0 22.0L100.0 2.0");
    expect(sparkOf([0, 0], 100, 24)?.line).toBe("M0.0 22.0L100.0 22.0");
  });
});

describe("the weeks of a calendar", () => {
  it("begin on a Monday and end with the last day", () => {
    const weeks = weeksOf(["2026-11-22", "2026-09-01"]);
    expect(weeks?.days[0]).toEqual({ day: "2026-08-24", week: 0, weekday: 0 });
    expect(weeks?.days.at(-1)).toMatchObject({ day: "2026-11-22", weekday: 6 });
    expect(weeks?.months.map((one) => one.month)).toEqual(["2026-09", "2026-10", "2026-11"]);
  });

  it("are at most a year and a little, and none without days", () => {
    expect(weeksOf(["2020-01-01", "2026-11-22"])?.weeks).toBe(53);
    expect(weeksOf(["2026-11"])).toBeNull();
  });
});
