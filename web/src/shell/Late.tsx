/** A page that is on its way: nothing for a moment, then its outlines. */
import { Skeleton } from "antd";
import { useLate } from "@/look/useLate";

export function Late() {
  return useLate() ? <Skeleton active style={{ padding: 24 }} /> : null;
}
