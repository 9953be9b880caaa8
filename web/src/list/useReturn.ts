/** Who goes back to a list finds it where they left it: how far down is remembered for each visit in the history. */
import { type RefObject, useLayoutEffect } from "react";
import { useLocation, useNavigationType } from "react-router";

const left = new Map<string, number>();
/** Nobody goes back further than that to look at a list. */
const MOST = 50;

export function useReturn(scroller: RefObject<HTMLElement | null>): void {
  const { key } = useLocation();
  const isBack = useNavigationType() === "POP";
  // biome-ignore lint/correctness/useExhaustiveDependencies: where it was left counts once, when the visit begins again
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return undefined;
    const top = left.get(key);
    if (isBack && top) box.scrollTop = top;
    return () => {
      left.delete(key);
      left.set(key, box.scrollTop);
      const [oldest] = left.keys();
      if (left.size > MOST && oldest !== undefined) left.delete(oldest);
    };
  }, [key]);
}
