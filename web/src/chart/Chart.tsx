/** A chart in its place: drawn by ECharts, said in words for who does not see it, and each mark leads somewhere. */
import { BarChart, FunnelChart, LineChart, PieChart, ScatterChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { type ECharts, init, use as register } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLook } from "@/look/Look";
import { useNarrow } from "@/look/useNarrow";
import { coloursOf } from "./colours";
import type { Drawing, Shape } from "./drawing";
import { optionOf } from "./options";
import { type Pointed, tipOf } from "./tip";
import "./chart.css";

register([
  BarChart,
  FunnelChart,
  LineChart,
  PieChart,
  ScatterChart,
  GridComponent,
  TooltipComponent,
  LegendComponent,
  AriaComponent,
  LabelLayout,
  SVGRenderer,
]);

const STILL = "(prefers-reduced-motion: reduce)";
/** Below this height a ranking is scrolled instead of squeezed. */
const BAR_PX = 25;
/** A picture no wider than this is drawn as on a phone, in letters of its type. */
const NARROW_EMS = 36;
/** Names and labels follow the width in steps, not with every pixel. */
const STEP_PX = 20;

interface Props {
  drawing: Drawing;
  shape: Shape;
  /** What it is a picture of. */
  label: string;
  /** Pixels of the type of its labels. */
  size?: number;
  /** A mark was clicked: of which point, and of which measure. */
  onPick?: ((point: number, series: number) => void) | undefined;
}

export default function Chart({ drawing, shape, label, size = 12, onPick }: Props) {
  const { i18n } = useTranslation();
  const { isDark } = useLook();
  const [width, setWidth] = useState(0);
  const isPhone = useNarrow();
  const isNarrow = isPhone || (width > 0 && width < NARROW_EMS * size);
  const ground = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(null);
  const latest = useRef({ onPick, drawing });
  latest.current = { onPick, drawing };

  useEffect(() => {
    if (!ground.current) return undefined;
    const made = init(ground.current, null, { renderer: "svg" });
    chart.current = made;
    made.on("click", (event) => {
      const point = placeIn(event);
      if (point !== null) latest.current.onPick?.(point, event.seriesIndex ?? 0);
    });
    const here = ground.current;
    const follow = () => {
      made.resize();
      setWidth(Math.floor(here.clientWidth / STEP_PX) * STEP_PX);
    };
    follow();
    const watch = new ResizeObserver(follow);
    watch.observe(here);
    return () => {
      watch.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);

  useEffect(() => {
    // Drawn once its width is known, which is right away; where nothing is laid out it never is.
    if (width === 0 && ground.current?.clientWidth) return;
    const manner = {
      colours: coloursOf(isDark),
      language: i18n.language,
      size,
      width,
      isNarrow,
      isStill: window.matchMedia(STILL).matches,
    };
    const option = optionOf(drawing, shape, manner);
    const tooltip = {
      ...(option.tooltip as object),
      className: "chart-tip",
      confine: true,
      transitionDuration: 0.08,
      formatter: (pointed: Pointed | Pointed[]) => tipOf(drawing, shape, pointed, manner.colours),
    };
    chart.current?.setOption({ ...option, tooltip }, { notMerge: true });
  }, [drawing, shape, size, width, isDark, isNarrow, i18n.language]);

  const isRanking = !drawing.isTime && (shape === "bar" || shape === "stacked");
  const least = isRanking ? drawing.names.length * BAR_PX : undefined;
  return (
    // Whoever has no mouse scrolls a long ranking with the keys.
    <div className="chart-ground" {...(isRanking ? { tabIndex: 0 } : {})}>
      <div
        ref={ground}
        className={onPick ? "chart leads" : "chart"}
        role="img"
        aria-label={label}
        style={{ minHeight: least }}
      />
    </div>
  );
}

function placeIn(event: { dataIndex?: number; data?: unknown }): number | null {
  const { data } = event;
  if (typeof data === "object" && data !== null && "place" in data) return Number(data.place);
  return event.dataIndex ?? null;
}
