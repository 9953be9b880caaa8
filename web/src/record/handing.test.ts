import { expect, it } from "vitest";
import { csv } from "./handing";

it("cells keep their commas and quotes, and nothing in them is computed by whoever opens them", () => {
  const rows = [
    ["a", 'b "c"', "1,5"],
    ["=1+1", "-3.5", "-x"],
  ];
  expect(csv(rows)).toBe('\ufeffa,"b ""c""","1,5"\r\n\'=1+1,-3.5,\'-x\r\n');
});
