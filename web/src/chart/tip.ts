/** What stands in the box beside the pointer: the point's name and its exact figures. Made of text alone, never of markup. */
import type { Colours } from "./colours";
import type { Drawing, Shape } from "./drawing";
import { mark } from "./options";

export interface Pointed {
  dataIndex: number;
  seriesIndex?: number;
  data?: unknown;
  percent?: number;
}

export function tipOf(drawing: Drawing, shape: Shape, pointed: Pointed | Pointed[], colours: Colours): HTMLElement {
  const [first] = Array.isArray(pointed) ? pointed : [pointed];
  const place = placeOf(first);
  const box = element("div", "chart-tip-box");
  box.append(element("div", "chart-tip-name", drawing.names[place] ?? ""));
  const several = shape !== "pie" && shape !== "funnel";
  drawing.series.forEach((one, series) => {
    if (one.values[place] === null) return;
    const line = element("div", "chart-tip-line");
    const dot = element("span", "chart-tip-dot");
    dot.style.background = colours.palette[(several ? series : place) % colours.palette.length] ?? "";
    line.append(dot, element("span", "chart-tip-key", one.name), element("b", "figure", one.texts[place] ?? ""));
    if (shape === "pie") line.append(element("span", "chart-tip-key", shareOf(one.values, place)));
    box.append(line);
  });
  return box;
}

function placeOf(pointed: Pointed | undefined): number {
  const data = pointed?.data;
  if (typeof data === "object" && data !== null && "place" in data) return Number(data.place);
  return pointed?.dataIndex ?? 0;
}

function shareOf(values: (number | null)[], place: number): string {
  const all = values.reduce<number>((sum, value) => sum + Math.max(0, value ?? 0), 0);
  return all > 0 ? mark("percent", (values[place] ?? 0) / all) : "";
}

function element(tag: string, name: string, text?: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
}
