/** The days of a calendar as columns of weeks, Mondays on top. Pure. */

export interface Day {
  day: string;
  /** Column: weeks since the first one. */
  week: number;
  /** Row: 0 is Monday. */
  weekday: number;
}

export interface Weeks {
  days: Day[];
  weeks: number;
  /** Where a month begins, to be named: its column. */
  months: { month: string; week: number }[];
}

const DAY_MS = 86_400_000;
/** What is shown at least, and at most. */
const LEAST_DAYS = 91;
const MOST_DAYS = 371;

const at = (day: string) => new Date(`${day}T00:00:00Z`).getTime();
const dayAt = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** The weeks that hold all these days; of more than a year the last one. */
export function weeksOf(days: readonly string[]): Weeks | null {
  const known = days.filter((day) => /^\d{4}-\d{2}-\d{2}$/.test(day)).sort();
  const [first] = known;
  const last = known.at(-1);
  if (!first || !last) return null;
  const end = at(last);
  const begin = Math.max(Math.min(at(first), end - (LEAST_DAYS - 1) * DAY_MS), end - (MOST_DAYS - 1) * DAY_MS);
  const monday = begin - ((new Date(begin).getUTCDay() + 6) % 7) * DAY_MS;
  const found: Day[] = [];
  const months: Weeks["months"] = [];
  for (let ms = monday; ms <= end; ms += DAY_MS) {
    const number = Math.round((ms - monday) / DAY_MS);
    const one = { day: dayAt(ms), week: Math.floor(number / 7), weekday: number % 7 };
    if (one.day.endsWith("-01") || number === 0) {
      const month = one.day.slice(0, 7);
      const before = months.at(-1);
      // Names of two months in columns beside each other would lie over one another.
      if (before && one.week - before.week < 3) months.pop();
      months.push({ month, week: one.week });
    }
    found.push(one);
  }
  return { days: found, weeks: (found.at(-1)?.week ?? 0) + 1, months };
}
