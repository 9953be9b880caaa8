/** Until when an answer is asked for: quiet while there is time, marked when there is little or none. */
import { ClockCircleOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { instantText } from "@/look/figures";
import { distance, urgency } from "./flows";

export function Due({ due }: { due: string | null | undefined }) {
  const { t } = useTranslation("flow");
  if (!due) return null;
  const now = Date.now();
  const kind = urgency(due, now);
  const { unit, count } = distance(due, now);
  const text = t(kind === "over" ? `overdue.${unit}` : `dueIn.${unit}`, { count: Math.abs(count) });
  return (
    <span className={kind ? `due is-${kind}` : "due"} title={instantText(due)}>
      <ClockCircleOutlined aria-hidden="true" /> {text}
    </span>
  );
}

/** How long ago something was; the instant itself where it is pointed at. */
export function Ago({ at }: { at: string }) {
  const { t } = useTranslation("flow");
  const { unit, count } = distance(at, Date.now());
  const text = unit === "minute" && Math.abs(count) < 1 ? t("justNow") : t(`ago.${unit}`, { count: Math.abs(count) });
  return (
    <time className="soft ago" dateTime={at} title={instantText(at)}>
      {text}
    </time>
  );
}
