/** Whether the window is as narrow as a phone's. */
import { useSyncExternalStore } from "react";

const NARROW = "(max-width: 767px)";

let known: { asked: typeof window.matchMedia; query: MediaQueryList } | null = null;

/** Asked of the browser once: every question of its own makes it lay out the page. */
function narrowness(): MediaQueryList {
  if (known?.asked !== window.matchMedia) known = { asked: window.matchMedia, query: window.matchMedia(NARROW) };
  return known.query;
}

export function useNarrow(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const query = narrowness();
      query.addEventListener("change", changed);
      return () => query.removeEventListener("change", changed);
    },
    () => narrowness().matches,
  );
}
