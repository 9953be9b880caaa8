/** How much of a goal is reached: half a ring, the figure in it and the share below. */
import { useId } from "react";
import "./chart.css";

interface Props {
  /** 1 is full. */
  share: number;
  value: string;
  /** How much it is, in words. */
  said: string;
  /** What stands under the ring. */
  below: string;
}

const RADIUS = 84;
const THICK = 15;
const ARC = Math.PI * RADIUS;
const PATH = `M${100 - RADIUS} 100A${RADIUS} ${RADIUS} 0 0 1 ${100 + RADIUS} 100`;

export function Gauge({ share, value, said, below }: Props) {
  const id = useId();
  const full = Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0));
  return (
    <div className="gauge">
      <svg viewBox="0 0 200 120" role="img" aria-labelledby={id}>
        <title id={id}>{said}</title>
        <path className="gauge-track" d={PATH} strokeWidth={THICK} />
        {full > 0 && (
          <path
            className={share >= 1 ? "gauge-full is-over" : "gauge-full"}
            d={PATH}
            strokeWidth={THICK}
            strokeDasharray={`${full * ARC} ${ARC}`}
          />
        )}
        <text x="100" y="88" fontSize="27" fontWeight="600">
          {value}
        </text>
        <text x="100" y="113" fontSize="13" className="gauge-share">
          {below}
        </text>
      </svg>
    </div>
  );
}
