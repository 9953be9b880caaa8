/** Who goes back to a list finds it where they left it: how far down is remembered for each visit in the history. */
import { useLayoutEffect, useRef } from "react";
import { useLocation, useNavigationType } from "react-router";
import type { Span } from "./useSpan";

const left = new Map<string, number>();
/** Nobody goes back further than that to look at a list. */
const MOST = 50;

export function useReturn({ depth, goTo }: Pick<Span, "depth" | "goTo">): void {
  const { key } = useLocation();
  const isBack = useNavigationType() === "POP";
  const now = useRef({ depth, goTo });
  now.current = { depth, goTo };
  // biome-ignore lint/correctness/useExhaustiveDependencies: where it was left counts once, when the visit begins again
  useLayoutEffect(() => {
    const before = left.get(key);
    if (isBack && before) now.current.goTo(before);
    return () => {
      left.delete(key);
      left.set(key, now.current.depth());
      const [oldest] = left.keys();
      if (left.size > MOST && oldest !== undefined) left.delete(oldest);
    };
  }, [key]);
}
