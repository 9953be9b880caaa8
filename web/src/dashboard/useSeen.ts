/** Whether something was ever near enough to be seen: what is far below is not asked for before one comes to it. */
import { type RefObject, useEffect, useState } from "react";

const NEAR = "600px";

export function useSeen(ground: RefObject<Element | null>): boolean {
  const [isSeen, setSeen] = useState(() => typeof IntersectionObserver === "undefined");
  useEffect(() => {
    if (isSeen || !ground.current) return undefined;
    const watch = new IntersectionObserver((found) => found.some((one) => one.isIntersecting) && setSeen(true), {
      rootMargin: NEAR,
    });
    watch.observe(ground.current);
    // Paper shows all of it.
    const all = () => setSeen(true);
    window.addEventListener("beforeprint", all);
    return () => {
      watch.disconnect();
      window.removeEventListener("beforeprint", all);
    };
  }, [isSeen, ground]);
  return isSeen;
}
