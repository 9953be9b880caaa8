/** The option object of a chart: what ECharts draws of a drawing, in our colours and words. Pure. */
import type { Kind } from "@/api/types";
import { figure } from "@/look/figures";
import { roundedShare, scaleOf, shortText, unitOf } from "@/look/short";
import type { Colours } from "./colours";
import type { Drawing, Series, Shape } from "./drawing";

export interface Manner {
  colours: Colours;
  language: string;
  /** Pixels of the type of labels. */
  size: number;
  /** Pixels across; 0 while that is not known. */
  width: number;
  isNarrow: boolean;
  isStill: boolean;
}

/** Lines that colours alone do not tell apart. */
const DASHES = ["solid", "dashed", "dotted", [8, 3, 2, 3]] as const;
const SYMBOLS = ["circle", "rect", "triangle", "diamond", "roundRect", "pin", "arrow", "circle"] as const;
const FEW_POINTS = 31;
/** Pixels that names at the ends of lines may take. */
const MOST_END = 120;
/** Of the height of a picture, what a name at the end of a line takes. */
const LEAST_APART = 0.1;

type Option = Record<string, unknown>;

export function optionOf(drawing: Drawing, shape: Shape, manner: Manner): Option {
  const { colours, size, isStill } = manner;
  const common: Option = {
    animation: !isStill,
    animationDuration: 260,
    animationDurationUpdate: 180,
    color: [...colours.palette],
    textStyle: { fontFamily: colours.font, fontSize: size, color: colours.ink },
    aria: decals(drawing, shape),
  };
  switch (shape) {
    case "pie":
      return { ...common, ...pie(drawing, manner) };
    case "funnel":
      return { ...common, ...funnel(drawing, manner) };
    case "scatter":
      return { ...common, ...scatter(drawing, manner) };
    default:
      return { ...common, ...(drawing.isTime ? upright(drawing, shape, manner) : lying(drawing, shape, manner)) };
  }
}

/** Faint patterns where surfaces of several series touch each other. */
function decals(drawing: Drawing, shape: Shape): Option {
  const touches = (shape === "stacked" || shape === "bar") && drawing.series.length > 1;
  if (!touches) return { enabled: false };
  const stroke = (rotation: number, gap: number): Option => ({
    color: "rgba(255, 255, 255, 0.32)",
    dashArrayX: [1, 0],
    dashArrayY: [1.5, gap],
    rotation,
  });
  return {
    enabled: true,
    label: { enabled: false },
    decal: {
      show: true,
      decals: [
        { symbol: "none" },
        stroke(-Math.PI / 4, 5),
        stroke(Math.PI / 4, 5),
        stroke(0, 5),
        stroke(Math.PI / 2, 5),
        stroke(-Math.PI / 4, 2.5),
        stroke(Math.PI / 4, 2.5),
        stroke(0, 2.5),
      ],
    },
  };
}

function legend({ colours, size }: Manner, drawing: Drawing): Option {
  return {
    show: drawing.series.length > 1,
    type: "scroll",
    top: 0,
    left: 0,
    itemWidth: 14,
    itemHeight: 9,
    itemGap: 16,
    icon: "roundRect",
    textStyle: { color: colours.soft, fontSize: size },
    pageTextStyle: { color: colours.soft },
    pageIconColor: colours.soft,
    pageIconInactiveColor: colours.line,
  };
}

/** The axis that figures of a kind are measured on, in one unit for all its marks. */
function measured(drawing: Drawing, place: number, manner: Manner, isUpright: boolean, isLine = false): Option {
  const { colours, language, size } = manner;
  const axis = drawing.axes[place];
  const kind = axis?.kind ?? "number";
  const largest = Math.max(0, ...drawing.series.filter((one) => one.axis === place).map(greatest));
  const scale = kind === "percent" ? { divisor: 1, unit: "" } : scaleOf(largest, language);
  const unit = unitOf(scale, kind, language);
  const name = drawing.axes.length > 1 ? [axis?.label, unit].filter(Boolean).join(" ") : unit;
  return {
    type: "value",
    scale: isLine && drawing.series.every((one) => one.isRate),
    name: isUpright ? name : "",
    nameTextStyle: { color: colours.faint, fontSize: size - 1, align: place === 0 ? "left" : "right", padding: 0 },
    nameGap: 10,
    position: isUpright ? (place === 0 ? "left" : "right") : place === 0 ? "bottom" : "top",
    splitNumber: 4,
    minInterval: kind === "number" || kind === "quantity" ? (largest <= 5 ? 1 : 0) : 0,
    splitLine: { show: place === 0, lineStyle: { color: colours.line } },
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: {
      color: colours.soft,
      fontSize: size,
      hideOverlap: true,
      formatter: (value: number) => mark(kind, value / scale.divisor),
    },
  };
}

function greatest(series: Series): number {
  return Math.max(0, ...series.values.map((value) => Math.abs(value ?? 0)));
}

export function mark(kind: Kind, value: number): string {
  if (kind === "percent") return figure("percent", roundedShare(String(value)));
  return figure("number", String(Number(value.toFixed(4))));
}

function named(drawing: Drawing, { colours, size }: Manner, more: Option): Option {
  return {
    type: "category",
    data: drawing.names,
    axisLine: { lineStyle: { color: colours.line } },
    axisTick: { show: false },
    axisLabel: { color: colours.soft, fontSize: size, hideOverlap: true, ...more },
  };
}

/** Years are said once: `2026-03` becomes `3月` or `Mar`, and a January says its year below. */
export function timeLabel(name: string, place: number, language: string): string {
  const [year = "", month, day] = name.split("-");
  const at = new Date(`${name.slice(0, 7)}-${day ?? "01"}T00:00:00Z`);
  if (!month || Number.isNaN(at.getTime())) return name;
  const parts: Intl.DateTimeFormatOptions = { timeZone: "UTC", month: "short" };
  if (day !== undefined) parts.day = "numeric";
  const said = at.toLocaleDateString(language, parts);
  const isFirst = place === 0 || (month === "01" && (day === undefined || day === "01"));
  return isFirst ? `${said}\n${year}` : said;
}

/** Time runs from left to right. */
function upright(drawing: Drawing, shape: Shape, manner: Manner): Option {
  const { colours, size, language, isNarrow } = manner;
  const isMany = drawing.series.length > 1;
  // Lines are called by their names where they end, if there is room; everything else has a legend.
  const room = Math.max(...drawing.series.map((one) => widthOf(one.name, size)));
  const isEnded = isMany && shape === "line" && !isNarrow && drawing.series.length <= 4 && drawing.axes.length === 1;
  const ends = isEnded && room <= MOST_END && areApart(drawing.series);
  const hasName = drawing.axes.length > 1 || nameOf(measured(drawing, 0, manner, true)) !== "";
  return {
    legend: { ...legend(manner, drawing), ...(ends ? { show: false } : {}) },
    tooltip: { trigger: "axis" },
    grid: {
      left: 4,
      right: ends ? room + 12 : 8,
      top: (isMany && !ends ? 30 : 6) + (hasName ? 22 : 4),
      bottom: 2,
      containLabel: true,
    },
    xAxis: named(drawing, manner, {
      formatter: (name: string, place: number) => timeLabel(name, place, language),
      lineHeight: size + 3,
    }),
    yAxis: drawing.axes.map((_, place) => measured(drawing, place, manner, true, shape === "line")),
    series: drawing.series.map((one, place) => ({
      ...bars(shape, place),
      name: one.name,
      yAxisIndex: one.axis,
      data: one.values,
      ...(shape === "line" || shape === "area" ? lineOf(one, place, shape, drawing, manner) : {}),
      ...(ends
        ? {
            endLabel: { show: true, formatter: "{a}", color: colours.soft, fontSize: size, distance: 6 },
            labelLayout: { moveOverlap: "shiftY" },
          }
        : {}),
    })),
  };
}

/** Whether lines end so far from each other that their names have room there. */
function areApart(series: readonly Series[]): boolean {
  const values = series.flatMap((one) => one.values.filter((value) => value !== null));
  const height =
    Math.max(...values) - (series.every((one) => one.isRate) ? Math.min(...values) : Math.min(0, ...values));
  const ends = series
    .map((one) => one.values.findLast((value) => value !== null) ?? 0)
    .sort((one, other) => one - other);
  return ends.every((end, place) => place === 0 || end - (ends[place - 1] ?? 0) >= height * LEAST_APART);
}

const nameOf = (axis: Option) => String(axis.name ?? "");

/** About how wide a text is: Chinese characters are as wide as high, others half of it. */
function widthOf(text: string, size: number): number {
  return [...text].reduce((sum, one) => sum + (one.charCodeAt(0) > 0x2e7f ? size : size * 0.58), 0);
}

function bars(shape: Shape, place: number): Option {
  if (shape === "line" || shape === "area") return { type: "line" };
  return {
    type: "bar",
    barMaxWidth: 32,
    barMinHeight: 1,
    barGap: "12%",
    barCategoryGap: "34%",
    emphasis: { focus: "series" },
    ...(shape === "stacked" ? { stack: "all" } : {}),
    ...(place >= 0 ? { itemStyle: { borderRadius: shape === "stacked" ? 0 : 3 } } : {}),
  };
}

function lineOf(series: Series, place: number, shape: Shape, drawing: Drawing, { colours, isNarrow }: Manner): Option {
  const colour = colours.palette[place % colours.palette.length] ?? colours.ink;
  const few = series.values.length <= (isNarrow ? 12 : FEW_POINTS);
  return {
    symbol: SYMBOLS[place % SYMBOLS.length],
    symbolSize: 6,
    showSymbol: few,
    showAllSymbol: few,
    connectNulls: true,
    lineStyle: { width: 2, type: DASHES[shape === "area" ? 0 : place % DASHES.length] },
    itemStyle: { color: colour, borderColor: colours.sheet, borderWidth: 1.5 },
    emphasis: { focus: "series", lineStyle: { width: 2.5 } },
    ...(shape === "area"
      ? {
          areaStyle: { opacity: drawing.series.length > 1 ? 0.55 : 0.16 },
          ...(drawing.series.length > 1 ? { stack: "all" } : {}),
        }
      : {}),
  };
}

/** Everything that is not time is a ranking: from top to bottom, with room for its names. */
function lying(drawing: Drawing, shape: Shape, manner: Manner): Option {
  const { colours, size, width, language, isNarrow } = manner;
  const isMany = drawing.series.length > 1;
  const isShown = !isMany;
  const last = drawing.series.length - 1;
  const most = Math.max(size * (isNarrow ? 12 : 14), width * 0.22);
  const room = width > 0 ? Math.min(most, width * 0.46) : size * 7.5;
  return {
    legend: legend(manner, drawing),
    tooltip: { trigger: "axis", axisPointer: { type: "shadow", shadowStyle: { color: colours.line, opacity: 0.35 } } },
    grid: { left: 0, right: isShown ? 64 : 16, top: isMany ? 32 : 2, bottom: 0, containLabel: true },
    yAxis: {
      ...named(drawing, manner, { width: room, overflow: "truncate", interval: 0, color: colours.ink }),
      inverse: true,
      axisLine: { show: false },
    },
    // A single ranking tells its figures at the ends of its bars.
    xAxis: drawing.axes.map((_, place) => ({
      ...measured(drawing, place, manner, false),
      show: !isShown,
    })),
    series: drawing.series.map((one, place) => ({
      ...bars(shape === "stacked" || shape === "area" ? "stacked" : "bar", place),
      barMaxWidth: 22,
      name: one.name,
      xAxisIndex: one.axis,
      data: one.values,
      label: {
        show: isShown && place === last,
        position: "right",
        color: colours.soft,
        fontSize: size,
        formatter: ({ value }: { value: number | null }) =>
          value === null || value === undefined ? "" : shortText(one.kind, value, language),
      },
    })),
  };
}

function slices(drawing: Drawing, manner: Manner) {
  const [series] = drawing.series;
  return drawing.names.flatMap((name, place) => {
    const value = series?.values[place] ?? 0;
    // What is taken away has no slice.
    return value > 0
      ? [{ name, value, place, itemStyle: { color: manner.colours.palette[place % manner.colours.palette.length] } }]
      : [];
  });
}

function pie(drawing: Drawing, manner: Manner): Option {
  const { colours, size, width, language, isNarrow } = manner;
  const parts = slices(drawing, manner);
  const sum = parts.reduce((all, one) => all + one.value, 0);
  return {
    tooltip: { trigger: "item" },
    series: [
      {
        type: "pie",
        name: drawing.series[0]?.name,
        radius: isNarrow ? ["34%", "52%"] : ["44%", "68%"],
        center: ["50%", "50%"],
        data: parts,
        minAngle: 2,
        padAngle: 1,
        itemStyle: { borderRadius: 3, borderColor: colours.sheet, borderWidth: 1 },
        label: {
          color: colours.ink,
          fontSize: size,
          lineHeight: size + 4,
          // What is left beside the ring, which is half as wide as a narrow picture.
          width: isNarrow ? Math.max(4 * size, Math.min(100, width * 0.24 - 22)) : 150,
          overflow: "truncate",
          formatter: ({ name, percent }: { name: string; percent?: number }) =>
            `{name|${bare(name)}}${isNarrow ? "\n" : " "}{share|${(percent ?? 0).toFixed(1)}%}`,
          rich: { name: { color: colours.ink, fontSize: size }, share: { color: colours.soft, fontSize: size - 1 } },
        },
        labelLine: { length: 12, length2: 8, lineStyle: { color: colours.line } },
        emphasis: { scaleSize: 4 },
      },
      {
        // What all of it comes to, in the middle.
        type: "pie",
        radius: 0,
        silent: true,
        tooltip: { show: false },
        label: {
          position: "center",
          formatter: shortText(drawing.series[0]?.kind ?? "number", sum, language),
          color: colours.ink,
          fontSize: size + 5,
          fontWeight: 600,
        },
        data: [{ value: 1, name: "" }],
      },
    ],
  };
}

/** Braces and bars would be read as style. */
const bare = (name: string) => name.replace(/[{}|]/g, " ");

function funnel(drawing: Drawing, manner: Manner): Option {
  const { colours, size, language } = manner;
  const [series] = drawing.series;
  const first = series?.values[0] ?? 0;
  return {
    tooltip: { trigger: "item" },
    series: [
      {
        type: "funnel",
        name: series?.name,
        left: 4,
        right: "34%",
        top: 4,
        bottom: 4,
        minSize: "6%",
        gap: 3,
        sort: "none",
        data: slices(drawing, manner).map((one) => ({ ...one, itemStyle: { ...one.itemStyle, borderWidth: 0 } })),
        label: {
          position: "right",
          color: colours.ink,
          fontSize: size,
          lineHeight: size + 5,
          formatter: ({ name, value }: { name: string; value: number }) =>
            `{name|${bare(name)}}\n{share|${shortText(series?.kind ?? "number", value, language)}${
              first ? ` · ${mark("percent", value / first)}` : ""
            }}`,
          rich: { name: { color: colours.ink, fontSize: size }, share: { color: colours.soft, fontSize: size - 1 } },
        },
        labelLine: { length: 12, lineStyle: { color: colours.line } },
      },
    ],
  };
}

/** The first measure across, the second upwards; a third is the size of the point. */
function scatter(drawing: Drawing, manner: Manner): Option {
  const { colours, size, language } = manner;
  const [across, upwards = across, weight] = drawing.series;
  const heaviest = weight ? greatest(weight) : 0;
  const axis = (series: Series | undefined, isAcross: boolean): Option => {
    const kind = series?.kind ?? "number";
    const scale = kind === "percent" ? { divisor: 1, unit: "" } : scaleOf(series ? greatest(series) : 0, language);
    const unit = unitOf(scale, kind, language);
    return {
      type: "value",
      scale: true,
      name: [series?.name, unit && `(${unit})`].filter(Boolean).join(" "),
      nameLocation: isAcross ? "middle" : "end",
      nameGap: isAcross ? 26 : 10,
      nameTextStyle: { color: colours.faint, fontSize: size - 1, align: isAcross ? "center" : "left" },
      splitNumber: 4,
      splitLine: { lineStyle: { color: colours.line } },
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: {
        color: colours.soft,
        fontSize: size,
        formatter: (value: number) => mark(kind, value / scale.divisor),
      },
    };
  };
  return {
    tooltip: { trigger: "item" },
    grid: { left: 4, right: 16, top: 28, bottom: 24, containLabel: true },
    xAxis: axis(across, true),
    yAxis: axis(upwards, false),
    series: [
      {
        type: "scatter",
        data: drawing.names.map((name, place) => ({
          name,
          place,
          value: [across?.values[place] ?? 0, upwards?.values[place] ?? 0, weight?.values[place] ?? 0],
        })),
        symbolSize: (value: readonly number[]) =>
          heaviest > 0 ? 8 + 22 * Math.sqrt(Math.abs(value[2] ?? 0) / heaviest) : 11,
        itemStyle: { opacity: 0.72, borderColor: colours.sheet, borderWidth: 1 },
      },
    ],
  };
}
