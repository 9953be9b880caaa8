/** A record that is on its way: nothing for a moment, then its outlines. */
import { Skeleton } from "antd";
import { useLate } from "@/look/useLate";

export function Waiting() {
  return (
    <div className="record" aria-busy="true">
      {useLate() && (
        <div className="record-sheet">
          <Skeleton active title paragraph={{ rows: 2 }} />
          <Skeleton active title={false} paragraph={{ rows: 8 }} />
        </div>
      )}
    </div>
  );
}
