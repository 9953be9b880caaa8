/** The figures of a report as a picture: time runs as a line, everything else stands as bars, the largest first. */

import { Empty } from "antd";
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { type ECharts, init, use as register } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { ReportPage } from "@/api/types";
import { useLook } from "@/look/Look";
import { drawingOf } from "./drawing";

register([BarChart, LineChart, GridComponent, TooltipComponent, LegendComponent, AriaComponent, CanvasRenderer]);

export default function Picture({ page, title }: { page: ReportPage; title: string }) {
  const { t } = useTranslation("report");
  const { isDark } = useLook();
  const ground = useRef<HTMLDivElement>(null);
  const drawing = useMemo(() => drawingOf(page), [page]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another brightness has other colours
  useEffect(() => {
    if (!ground.current || !drawing) return undefined;
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const chart: ECharts = init(ground.current, null, { renderer: "canvas" });
    chart.setOption({
      aria: { enabled: true, decal: { show: true } },
      color: [colour("--accent"), "#b8860b", colour("--good"), "#8a5aa8", "#a3453b"],
      textStyle: { fontFamily: colour("--font"), color: colour("--ink") },
      tooltip: { trigger: "axis", renderMode: "html", confine: true },
      legend: { top: 0, textStyle: { color: colour("--ink-soft") } },
      grid: { left: 8, right: 16, top: 40, bottom: 8, containLabel: true },
      xAxis: { type: "category", data: drawing.names, axisLabel: { color: colour("--ink-soft"), hideOverlap: true } },
      yAxis: drawing.axes.map((name, place) => ({
        type: "value",
        name,
        position: place === 0 ? "left" : "right",
        splitLine: { show: place === 0, lineStyle: { color: colour("--line") } },
        axisLabel: { color: colour("--ink-soft") },
      })),
      series: drawing.series.map((one) => ({
        type: drawing.isTime ? "line" : "bar",
        name: one.name,
        yAxisIndex: one.axis,
        data: one.values,
        barMaxWidth: 36,
        smooth: false,
      })),
    });
    const watch = new ResizeObserver(() => chart.resize());
    watch.observe(ground.current);
    return () => {
      watch.disconnect();
      chart.dispose();
    };
  }, [drawing, isDark]);
  if (!drawing) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("nothingToDraw")} />;
  return <div ref={ground} className="picture" role="img" aria-label={title} />;
}
