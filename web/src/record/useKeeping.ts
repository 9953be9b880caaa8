/** What was typed and not saved survives the page: kept while it is typed, offered to whoever comes again. */
import { type ReactNode, useEffect, useRef, useState } from "react";
import { forget, type Kept, keepTyped, kept } from "./keep";
import { useLeaving } from "./useLeaving";
import type { Typing } from "./useTyping";

const KEEP_MS = 500;

interface Keeping {
  /** What was kept the last time. */
  found: Kept | null;
  use: () => void;
  refuse: () => void;
  /** It is saved or thrown away: nothing of it is kept when the page goes. */
  end: () => void;
  /** The question to whoever leaves; it has to stand somewhere on the page. */
  question: ReactNode;
}

export function useKeeping(place: string, typing: Typing, version: number | null, step: string | null): Keeping {
  const { typed, isDirty, replace } = typing;
  const isOver = useRef(false);
  const [found, setFound] = useState<Kept | null>(() => (Object.keys(typed).length > 0 ? null : kept(place)));
  useEffect(() => {
    if (!isDirty) return undefined;
    setFound(null);
    isOver.current = false;
    const timer = setTimeout(() => keepTyped(place, typed, version, step), KEEP_MS);
    return () => clearTimeout(timer);
  }, [isDirty, typed, place, version, step]);
  const question = useLeaving(isDirty, () => isOver.current || keepTyped(place, typed, version, step));
  return {
    found,
    use: () => {
      if (found) replace(found.typed);
      setFound(null);
    },
    refuse: () => {
      forget(place);
      setFound(null);
    },
    end: () => {
      isOver.current = true;
      forget(place);
    },
    question,
  };
}
