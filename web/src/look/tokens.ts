/** Colour, type and space of the whole product: paper, ink, and one seal. */
import { type ThemeConfig, theme } from "antd";

/** Large type raises everything that is read or touched. */
export type Size = "normal" | "large";

const FONT =
  '-apple-system, BlinkMacSystemFont, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", sans-serif';

const LIGHT = {
  colorPrimary: "#2b5797",
  colorInfo: "#2b5797",
  colorLink: "#2b5797",
  colorSuccess: "#2e7d4f",
  colorWarning: "#a85f00",
  colorError: "#b3261e",
  colorTextBase: "#1f2328",
  colorBgLayout: "#f6f5f2",
  colorBorder: "#d6d3cc",
  colorBorderSecondary: "#e8e5df",
  colorTextDescription: "#5f6368",
  colorTextTertiary: "#6b6f75",
  colorTextPlaceholder: "#6c7076",
} as const;

const DARK = {
  colorPrimary: "#7ba7e6",
  colorInfo: "#7ba7e6",
  colorLink: "#8fb6ee",
  colorSuccess: "#6cbf8b",
  colorWarning: "#e0a350",
  colorError: "#f0857d",
  colorTextBase: "#e8e6e1",
  colorBgBase: "#161615",
  colorBgLayout: "#111110",
  colorBgContainer: "#1b1b1a",
  colorBgElevated: "#232322",
  colorBorder: "#3b3a37",
  colorBorderSecondary: "#2c2b29",
  colorTextDescription: "#a7a49d",
  colorTextTertiary: "#9c9993",
  colorTextPlaceholder: "#8f8c86",
  // On the light primary of the dark theme, ink reads better than white.
  colorTextLightSolid: "#10161f",
} as const;

/** Ant Design's theme for a brightness and a size of type; on a phone, everything is as high as a thumb needs. */
export function themed(dark: boolean, size: Size, narrow: boolean): ThemeConfig {
  const fontSize = size === "large" ? 17 : 14;
  const height = narrow ? 44 : size === "large" ? 40 : 32;
  return {
    algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      ...(dark ? DARK : LIGHT),
      fontFamily: FONT,
      fontSize,
      controlHeight: height,
      ...(narrow && { controlHeightSM: 36, controlHeightLG: 48 }),
      borderRadius: 6,
      wireframe: false,
      motionDurationMid: "0.12s",
      motionDurationSlow: "0.18s",
    },
    components: {
      // The chosen one stands on the primary colour's own shade, where the primary itself is hard to read at night.
      ...(dark && { Menu: { itemSelectedColor: "#b5cef6" } }),
    },
  };
}
