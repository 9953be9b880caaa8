/** Whether something takes longer than a moment: most things are there before anybody could read "loading". */
import { useEffect, useState } from "react";

const MOMENT_MS = 200;

export function useLate(): boolean {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), MOMENT_MS);
    return () => clearTimeout(timer);
  }, []);
  return isLate;
}
