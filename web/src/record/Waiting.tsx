/** A record that is on its way: nothing for a moment, then its outlines. */
import { Skeleton } from "antd";
import { useEffect, useState } from "react";

const PATIENCE_MS = 200;

export function Waiting() {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="record" aria-busy="true">
      {isLate && (
        <div className="record-sheet">
          <Skeleton active title paragraph={{ rows: 2 }} />
          <Skeleton active title={false} paragraph={{ rows: 8 }} />
        </div>
      )}
    </div>
  );
}
