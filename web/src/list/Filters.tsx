/** The conditions of a list as sentences: click one to change it, or add another. */
import { CloseOutlined, FilterOutlined } from "@ant-design/icons";
import { Button, Popover } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Column } from "./columns";
import type { Condition } from "./condition";
import { sentence } from "./sentence";
import { useTitles } from "./titles";

const ConditionEditor = lazy(() => import("./ConditionEditor"));

interface Props {
  columns: Column[];
  where: Condition[];
  filter: string;
  onChange: (where: Condition[]) => void;
  onFilter: (filter: string) => void;
}

const NEW = -1;

export function Filters({ columns, where, filter, onChange, onFilter }: Props) {
  const { t } = useTranslation("list");
  const [open, setOpen] = useState<number | null>(null);
  const editor = (place: number) => (
    <Suspense fallback={<div className="filter-editor" />}>
      <ConditionEditor
        key={`${place} ${open === place}`}
        columns={columns}
        condition={where[place]}
        onDone={(condition) => {
          onChange(place === NEW ? [...where, condition] : where.map((one, n) => (n === place ? condition : one)));
          setOpen(null);
        }}
      />
    </Suspense>
  );
  const popover = (place: number) => ({
    open: open === place,
    onOpenChange: (isOpen: boolean) => setOpen(isOpen ? place : null),
    content: editor(place),
    trigger: "click" as const,
    placement: "bottomLeft" as const,
    arrow: false,
    destroyOnHidden: true,
  });
  return (
    // biome-ignore lint/a11y/useSemanticElements: chips in a row, no fieldset
    <div className="filters" role="group" aria-label={t("conditions")}>
      {where.map((condition, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same condition may stand there twice
        <span className="chip" key={`${place} ${condition.field}`}>
          <Popover {...popover(place)}>
            <button type="button" className="chip-text" aria-haspopup="dialog">
              <Sentence condition={condition} columns={columns} />
            </button>
          </Popover>
          <button
            type="button"
            className="chip-off"
            aria-label={t("removeCondition")}
            onClick={() => onChange(where.filter((_, n) => n !== place))}
          >
            <CloseOutlined aria-hidden="true" />
          </button>
        </span>
      ))}
      {filter && (
        <span className="chip">
          <code className="chip-text">{filter}</code>
          <button type="button" className="chip-off" aria-label={t("removeCondition")} onClick={() => onFilter("")}>
            <CloseOutlined aria-hidden="true" />
          </button>
        </span>
      )}
      <Popover {...popover(NEW)}>
        <Button type="text" size="small" icon={<FilterOutlined aria-hidden="true" />} aria-haspopup="dialog">
          {t("addCondition")}
        </Button>
      </Popover>
      {where.length + (filter ? 1 : 0) > 1 && (
        <Button
          type="text"
          size="small"
          onClick={() => {
            onChange([]);
            if (filter) onFilter("");
          }}
        >
          {t("clearAll")}
        </Button>
      )}
    </div>
  );
}

function Sentence({ condition, columns }: { condition: Condition; columns: Column[] }) {
  const { t } = useTranslation();
  const column = columns.find((one) => one.key === condition.field);
  const isLink = column?.shape.kind === "link";
  const ids = isLink ? [condition.value].flat().map(Number).filter(Number.isInteger) : [];
  const titleOf = useTitles(isLink ? column.shape.to : undefined, ids);
  return <>{sentence(t, condition, column, titleOf)}</>;
}
