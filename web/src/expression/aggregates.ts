/** The figures over rows: what each makes of the values that it is given. */
import { extreme } from "./functions";
import { Decimal, divide, type Value, ZERO } from "./values";

const SEPARATOR = "、";

const filled = (values: readonly Value[]) => values.filter((value) => value !== null);

function sum(values: readonly Value[]): Decimal {
  let total = ZERO;
  for (const value of values) if (value !== null) total = total.plus(value as Decimal);
  return total;
}

const FIGURES: Readonly<Record<string, (values: readonly Value[]) => Value>> = {
  SUM: sum,
  COUNT: (values) => new Decimal(filled(values).length),
  MIN: (values) => extreme(values, -1),
  MAX: (values) => extreme(values, 1),
  AVG: (values) => divide(sum(values), new Decimal(filled(values).length)),
  ANY: (values) => values.some((value) => value === true),
  ALL: (values) => values.every((value) => value === true),
  FIRST: (values) => values[0] ?? null,
  LAST: (values) => values.at(-1) ?? null,
};

/** The figure of that name. */
export function aggregate(name: string, separator: string | null): (values: readonly Value[]) => Value {
  const figure = FIGURES[name];
  if (figure) return figure;
  return (values) => {
    const known = filled(values);
    return known.length ? known.join(separator ?? SEPARATOR) : null;
  };
}
