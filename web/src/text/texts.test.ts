import { describe, expect, it } from "vitest";
import { resources } from ".";

function flat(texts: Record<string, unknown>, above = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === "string") found.set(above + key, value);
    else for (const [inner, text] of flat(value as Record<string, unknown>, `${above}${key}.`)) found.set(inner, text);
  }
  return found;
}

/** English needs forms of its own for one and many; Chinese has one form. */
const base = (key: string) => key.replace(/_(one|other|zero)$/, "");
const gaps = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();

describe("the words of the pages", () => {
  const chinese = resources["zh-CN"];
  const english = resources.en;

  it("stand in the same files in both languages", () => {
    expect(Object.keys(english).sort()).toEqual(Object.keys(chinese).sort());
  });

  it.each(Object.keys(chinese))("%s: no word is missing in either language, and the same is filled in", (room) => {
    const zh = flat(chinese[room] ?? {});
    const en = flat(english[room] ?? {});
    expect([...new Set([...en.keys()].map(base))].sort()).toEqual([...new Set([...zh.keys()].map(base))].sort());
    for (const [key, text] of en) {
      const other = zh.get(key) ?? zh.get(base(key)) ?? "";
      const optional = new Set(["count"]);
      expect([key, gaps(text).filter((gap) => !optional.has(gap ?? ""))]).toEqual([
        key,
        gaps(other).filter((gap) => !optional.has(gap ?? "")),
      ]);
    }
  });
});
