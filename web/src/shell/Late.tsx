/** Nothing at first: most pages are there before anybody could read "loading". */
import { Skeleton } from "antd";
import { useEffect, useState } from "react";

const LATE_MS = 200;

export function Late() {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), LATE_MS);
    return () => clearTimeout(timer);
  }, []);
  return isLate ? <Skeleton active style={{ padding: 24 }} /> : null;
}
