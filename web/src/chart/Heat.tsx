/** Figures by day as a calendar: a column for each week, the darker the more. */
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Drawing } from "./drawing";
import { Levels } from "./Levels";
import { levelOf, stepsOf } from "./steps";
import { weeksOf } from "./weeks";
import "./chart.css";

interface Props {
  drawing: Drawing;
  label: string;
  onPick?: ((point: number) => void) | undefined;
}

const CELL = 13;
const SIDE = 11;
const LEFT = 26;
const TOP = 16;
/** Named: Monday, Wednesday, Friday. */
const NAMED = [0, 2, 4];
/** A Monday. */
const MONDAY = Date.UTC(2026, 0, 5);
const DAY_MS = 86_400_000;

export function Heat({ drawing, label, onPick }: Props) {
  const { t, i18n } = useTranslation("chart");
  const [pointed, setPointed] = useState<string | null>(null);
  const scroll = useRef<HTMLElement>(null);
  const [series] = drawing.series;
  const places = new Map(drawing.names.map((name, place) => [name, place]));
  const weeks = weeksOf(drawing.names);
  const count = weeks?.weeks ?? 0;
  // The newest weeks are what one comes for.
  // biome-ignore lint/correctness/useExhaustiveDependencies: other weeks are wider or narrower
  useEffect(() => scroll.current?.scrollTo({ left: scroll.current.scrollWidth }), [count]);
  if (!weeks || !series) return null;
  const steps = stepsOf(series.values.map((value) => value ?? 0));
  const said = (at: number, parts: Intl.DateTimeFormatOptions) =>
    new Date(at).toLocaleDateString(i18n.language, { timeZone: "UTC", ...parts });
  const place = pointed === null ? undefined : places.get(pointed);
  const width = LEFT + count * CELL + 2;
  return (
    <div className="heat-ground">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the keys */}
      <section className="heat-scroll" ref={scroll} tabIndex={0} aria-label={label}>
        <svg
          className="heat"
          viewBox={`0 0 ${width} ${TOP + 7 * CELL}`}
          aria-hidden="true"
          onPointerLeave={() => setPointed(null)}
        >
          {NAMED.map((row) => (
            <text key={row} x={0} y={TOP + row * CELL + 9}>
              {said(MONDAY + row * DAY_MS, { weekday: "narrow" })}
            </text>
          ))}
          {weeks.months.map((one) => (
            <text key={one.month} x={LEFT + one.week * CELL} y={10}>
              {said(Date.parse(`${one.month}-01`), { month: "short" })}
            </text>
          ))}
          {weeks.days.map((one) => {
            const found = places.get(one.day);
            const level = levelOf(found === undefined ? null : series.values[found], steps);
            const classes = [
              `level-${level}`,
              onPick && found !== undefined && "leads",
              one.day === pointed && "is-pointed",
            ];
            return (
              <rect
                key={one.day}
                className={classes.filter(Boolean).join(" ")}
                x={LEFT + one.week * CELL}
                y={TOP + one.weekday * CELL}
                width={SIDE}
                height={SIDE}
                rx={2}
                onPointerEnter={() => setPointed(one.day)}
                {...(onPick && found !== undefined ? { onClick: () => onPick(found) } : {})}
              />
            );
          })}
        </svg>
      </section>
      {pointed === null ? (
        <Levels steps={steps} kind={series.kind} />
      ) : (
        <div className="levels">
          <span>
            {said(Date.parse(pointed), { year: "numeric", month: "short", day: "numeric", weekday: "short" })}
          </span>
          <b className="figure">{place === undefined ? t("nothingThatDay") : series.texts[place]}</b>
        </div>
      )}
    </div>
  );
}
