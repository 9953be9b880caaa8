/** Sizes in a few steps that eyes tell apart, for maps and calendars. Pure. */

export const LEVELS = 5;

/** The upper ends of the steps; the last is the largest value. Round, so that they can be said; of counts they are whole. */
export function stepsOf(values: readonly number[]): number[] {
  const largest = Math.max(0, ...values);
  if (largest <= 0) return [];
  const round = roundUp(largest / LEVELS);
  const step = values.every(Number.isInteger) ? Math.ceil(round) : round;
  const count = Math.min(LEVELS, Math.ceil(largest / step));
  return Array.from({ length: count }, (_, place) => Number((step * (place + 1)).toPrecision(6)));
}

/** 0 for nothing (or less), 1 to 5 from little to much. */
export function levelOf(value: number | null | undefined, steps: readonly number[]): number {
  if (value === null || value === undefined || value <= 0) return 0;
  const place = steps.findIndex((end) => value <= end);
  return place < 0 ? steps.length : place + 1;
}

/** The next of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const digit = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((one) => one * power >= value - power * 1e-9) ?? 10;
  return Number((digit * power).toPrecision(6));
}
