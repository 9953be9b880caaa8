/** What the steps of a colour mean. */
import { useTranslation } from "react-i18next";
import type { Kind } from "@/api/types";
import { shortText } from "@/look/short";

export function Levels({ steps, kind }: { steps: readonly number[]; kind: Kind }) {
  const { i18n } = useTranslation();
  if (steps.length === 0) return null;
  return (
    <div className="levels" aria-hidden="true">
      {steps.map((end, place) => (
        <span key={end}>
          <i className={`level-${place + 1}`} />≤ {shortText(kind, end, i18n.language)}
        </span>
      ))}
    </div>
  );
}
