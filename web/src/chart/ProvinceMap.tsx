/** Figures by province: a tile for each, the darker the more, with its figure on it. */
import { useTranslation } from "react-i18next";
import { shortText } from "@/look/short";
import type { Drawing } from "./drawing";
import { Levels } from "./Levels";
import { PROVINCES, provinceOf } from "./provinces";
import { levelOf, stepsOf } from "./steps";
import "./chart.css";

/** As many as a tile has room for. */
const DIGITS = 3;

interface Props {
  drawing: Drawing;
  label: string;
  onPick?: ((point: number) => void) | undefined;
}

export function ProvinceMap({ drawing, label, onPick }: Props) {
  const { t, i18n } = useTranslation("chart");
  const [series] = drawing.series;
  const places = new Map<string, number>();
  const elsewhere: number[] = [];
  drawing.names.forEach((name, place) => {
    const found = provinceOf(name);
    if (found && !places.has(found.name)) places.set(found.name, place);
    else elsewhere.push(place);
  });
  const steps = stepsOf([...places.values()].map((place) => series?.values[place] ?? 0));
  const kind = series?.kind ?? "number";
  const isEnglish = i18n.language.startsWith("en");
  return (
    <div className="provinces-ground">
      <ul className="provinces" aria-label={label}>
        {PROVINCES.map((one) => {
          const place = places.get(one.name);
          const value = place === undefined ? null : (series?.values[place] ?? null);
          const name = isEnglish ? one.english : one.name;
          const text = place === undefined ? "" : (series?.texts[place] ?? "");
          const level = `level-${levelOf(value, steps)}`;
          const inside = (
            <>
              <span>{name}</span>
              {value !== null && <b>{shortText(kind, value, i18n.language, DIGITS)}</b>}
            </>
          );
          return (
            <li key={one.name} className="province" style={{ "--x": one.x, "--y": one.y } as React.CSSProperties}>
              {onPick && place !== undefined ? (
                <button type="button" className={level} title={`${name} ${text}`} onClick={() => onPick(place)}>
                  {inside}
                </button>
              ) : (
                <span className={level} title={text ? `${name} ${text}` : name}>
                  {inside}
                </span>
              )}
            </li>
          );
        })}
      </ul>
      <Levels steps={steps} kind={kind} />
      {elsewhere.length > 0 && (
        <p className="levels">
          {t("elsewhere")}{" "}
          {elsewhere.map((place) => `${drawing.names[place]} ${series?.texts[place] ?? ""}`).join(" · ")}
        </p>
      )}
    </div>
  );
}
