/** A value to read: figures in columns, links that lead somewhere, a dash for what is blank. */
import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Value } from "@/api/types";
import { FIGURES, isNegative } from "@/look/figures";
import { isBlank, isLinked, type Shape } from "./shape";
import { SILENT, shown } from "./shown";

interface Props {
  shape: Shape;
  value: Value;
  /** Links lead to their record; false where the whole row is one link already. */
  leads?: boolean;
}

/** Lists draw hundreds of them: the reader's language is asked for only where a word depends on it. */
export function ValueText({ shape, value, leads = true }: Props) {
  if (isBlank(value)) return <span className="blank">–</span>;
  if (shape.kind === "flag") return <Flag shape={shape} value={value} />;
  const text = shown(shape, value, SILENT);
  if (FIGURES.has(shape.kind))
    return <span className={isNegative(String(value)) ? "figure negative" : "figure"}>{text}</span>;
  switch (shape.kind) {
    case "link":
      return leads && shape.mayOpen && shape.to && isLinked(value) ? (
        <Link to={`/${shape.to}/${value.id}`}>{text}</Link>
      ) : (
        text
      );
    case "choices":
    case "tags":
      return (value as string[]).map((one) => <Tag key={one}>{shape.options?.[one] ?? one}</Tag>);
    case "phone":
      return leads ? <a href={`tel:${text}`}>{text}</a> : text;
    case "email":
      return leads ? <a href={`mailto:${text}`}>{text}</a> : text;
    case "long_text":
      return <span className="long">{text}</span>;
    default:
      return text;
  }
}

function Flag({ shape, value }: { shape: Shape; value: Value }) {
  const { t } = useTranslation();
  return shown(shape, value, { yes: t("yes"), no: t("no") });
}
