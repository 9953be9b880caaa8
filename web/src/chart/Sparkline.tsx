/** The course of a figure as a line without axes: only its shape tells, its values stand in the data. */
import { sparkOf } from "./spark";
import "./chart.css";

const WIDTH = 120;
const HEIGHT = 32;

export function Sparkline({ values }: { values: readonly (number | null)[] }) {
  const spark = sparkOf(values, WIDTH, HEIGHT);
  if (!spark) return null;
  return (
    <svg className="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path className="spark-area" d={spark.area} />
      <path className="spark-line" d={spark.line} />
    </svg>
  );
}
