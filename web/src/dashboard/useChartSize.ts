/** How large the type of a chart is: on a wall as large as the screen is wide. */
import { useSyncExternalStore } from "react";
import { useLook } from "@/look/Look";

const NORMAL = 12;
const LARGE = 14;

function listen(changed: () => void) {
  window.addEventListener("resize", changed);
  return () => window.removeEventListener("resize", changed);
}

export function useChartSize(isWall: boolean, isLarge: boolean): number {
  const { size } = useLook();
  const wall = useSyncExternalStore(listen, () => Math.round(Math.min(30, Math.max(13, window.innerWidth / 118))));
  if (isWall) return wall;
  return isLarge || size === "large" ? LARGE : NORMAL;
}
