/** The colours of pictures: told apart on paper and at night, and by most eyes that see colours otherwise. */

export interface Colours {
  ink: string;
  soft: string;
  faint: string;
  line: string;
  sheet: string;
  font: string;
  palette: readonly string[];
}

const LIGHT = ["#2b5797", "#c4822a", "#4a8c72", "#8b5d9c", "#b4523f", "#3f93a4", "#8a7a55", "#6a7684"] as const;
const DARK = ["#7ba7e6", "#e0b06a", "#7fc2a1", "#bf99d3", "#e2907f", "#79c3d0", "#c0b08c", "#a5b0bd"] as const;

export function coloursOf(isDark: boolean, style = getComputedStyle(document.documentElement)): Colours {
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    ink: read("--ink"),
    soft: read("--ink-soft"),
    faint: read("--ink-faint"),
    line: read("--line"),
    sheet: read("--sheet"),
    font: read("--font"),
    palette: isDark ? DARK : LIGHT,
  };
}
