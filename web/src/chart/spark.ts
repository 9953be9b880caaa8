/** Points of a small line in a box: from zero, or from the lowest value where it is below zero. Pure. */

export interface Spark {
  line: string;
  area: string;
}

/** Room for the thickness of the line. */
const EDGE = 2;

export function sparkOf(values: readonly (number | null)[], width: number, height: number): Spark | null {
  const known = values.filter((value): value is number => value !== null);
  if (known.length < 2) return null;
  const low = Math.min(0, ...known);
  const high = Math.max(0, ...known);
  const across = (place: number) => (place / (values.length - 1)) * width;
  const up = (value: number) =>
    high === low ? height - EDGE : height - EDGE - ((value - low) / (high - low)) * (height - 2 * EDGE);
  const points = values.flatMap((value, place) =>
    value === null ? [] : [`${across(place).toFixed(1)} ${up(value).toFixed(1)}`],
  );
  const line = `M${points.join("L")}`;
  const [from = 0, until = 0] = [values.findIndex((one) => one !== null), values.findLastIndex((one) => one !== null)];
  const ground = up(0).toFixed(1);
  return { line, area: `${line}L${across(until).toFixed(1)} ${ground}L${across(from).toFixed(1)} ${ground}Z` };
}
