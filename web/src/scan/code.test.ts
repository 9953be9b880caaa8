import { describe, expect, it } from "vitest";
import { Burst, scanned } from "./code";

describe("a scanned code", () => {
  it("comes without what guns and input methods put around it", () => {
    expect(scanned("\u00026901234567892\u0003\r\n")).toEqual({ code: "6901234567892", times: "1" });
    expect(scanned("６９０１")).toEqual({ code: "6901", times: "1" });
    expect(scanned(" \t")).toBeNull();
  });

  it("may be multiplied", () => {
    expect(scanned("12*6901234567892")).toEqual({ code: "6901234567892", times: "12" });
    expect(scanned("2.5×AB-1")).toEqual({ code: "AB-1", times: "2.5" });
    expect(scanned("*AB")).toEqual({ code: "*AB", times: "1" });
  });
});

describe("a burst of keys", () => {
  const typed = (keys: string, gap: number) => {
    const burst = new Burst();
    let at = 1000;
    let code: string | null = null;
    for (const key of [...keys, "Enter"]) {
      at += gap;
      code = burst.key(key, at);
    }
    return code;
  };

  it("is a gun when it is fast", () => {
    expect(typed("6901234567892", 12)).toBe("6901234567892");
  });

  it("is a hand when it is slow, or short", () => {
    expect(typed("6901234567892", 90)).toBeNull();
    expect(typed("12", 10)).toBeNull();
  });

  it("forgets what a hand typed before the gun", () => {
    const burst = new Burst();
    burst.key("x", 0);
    for (const [place, key] of [..."69012345"].entries()) burst.key(key, 500 + place * 10);
    expect(burst.key("Enter", 580)).toBe("69012345");
  });
});
