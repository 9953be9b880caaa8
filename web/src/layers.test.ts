/** The rooms of the pages, lowest first: nobody reaches into a room above, or into a page beside. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, it } from "vitest";

const SOURCE = __dirname;
const LAYERS = [
  ["expression"],
  ["api", "text"],
  ["look"],
  ["computation", "scan"],
  ["fields"],
  ["behind", "talk"],
  ["lines", "chart"],
  ["flow", "handing", "message", "rule"],
  ["list", "record", "report"],
  ["dashboard"],
  ["shell"],
];

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? files(join(folder, entry.name))
      : /\.tsx?$/.test(entry.name)
        ? [join(folder, entry.name)]
        : [],
  );
}

function depth(room: string): number {
  const found = LAYERS.findIndex((layer) => layer.includes(room));
  if (found < 0) throw new Error(`the room ${room} has no place`);
  return found;
}

it("every import leads downwards", () => {
  const wrong: string[] = [];
  for (const file of files(SOURCE)) {
    const [room = "", inner] = relative(SOURCE, file).split("/");
    if (!inner) continue; // main.tsx and the tests' own set-up know all rooms.
    const isTest = /\.test\.tsx?$/.test(file);
    for (const [, target = ""] of readFileSync(file, "utf8").matchAll(/(?:from|import)\s*\(?\s*"@\/(\w+)/g)) {
      const isAbove = depth(target) > depth(room) || (depth(target) === depth(room) && target !== room);
      if (isAbove && !isTest) wrong.push(`${relative(SOURCE, file)} → ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});
