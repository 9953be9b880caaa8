/** The conditions of a list as sentences: click one to change it, or add another. */
import { CloseOutlined, FilterOutlined } from "@ant-design/icons";
import { Button, Popover } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Column } from "./columns";
import { type Part, waysOf } from "./condition";
import { Sentence } from "./Sentence";

const PartEditor = lazy(() => import("./PartEditor"));

interface Props {
  columns: Column[];
  where: Part[];
  filter: string;
  onChange: (where: Part[]) => void;
  onFilter: (filter: string) => void;
}

const NEW = -1;

export function Filters({ columns, where, filter, onChange, onFilter }: Props) {
  const { t } = useTranslation("list");
  const [open, setOpen] = useState<number | null>(null);
  const editor = (place: number) => (
    <Suspense fallback={<div className="filter-editor" />}>
      <PartEditor
        key={`${place} ${open === place}`}
        columns={columns}
        part={where[place]}
        onDone={(parts) => {
          onChange(place === NEW ? [...where, ...parts] : where.flatMap((one, n) => (n === place ? parts : [one])));
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
      {where.map((part, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same condition may stand there twice
        <span className="chip" key={place}>
          {waysOf(part) === null ? (
            <span className="chip-text">
              <Sentence part={part} columns={columns} />
            </span>
          ) : (
            <Popover {...popover(place)}>
              <button type="button" className="chip-text" aria-haspopup="dialog">
                <Sentence part={part} columns={columns} />
              </button>
            </Popover>
          )}
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
