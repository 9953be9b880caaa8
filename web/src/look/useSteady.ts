/** Functions that stay the same from one drawing to the next, and do what the newest drawing says. */
import { useRef, useState } from "react";

type Acts = Record<string, (...given: never[]) => void>;

export function useSteady<T extends Acts>(acts: T): T {
  const latest = useRef(acts);
  latest.current = acts;
  const [steady] = useState(() => {
    const names = Object.keys(acts).map((name) => [name, (...given: never[]) => latest.current[name]?.(...given)]);
    return Object.fromEntries(names) as T;
  });
  return steady;
}
