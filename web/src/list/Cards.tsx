/** A list on a phone: one card a record, with its name, its state and the few values that matter most. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { ListRow } from "@/api/types";
import { isBlank } from "@/fields/shape";
import { useLook } from "@/look/Look";
import { Cell } from "./Cell";
import { type Column, cardParts } from "./columns";
import type { Rows } from "./usePages";
import { useReturn } from "./useReturn";
import "./cards.css";

interface Props {
  form: string;
  columns: Column[];
  rows: Rows;
  titleKey: string | null;
  action?: ((row: ListRow) => ReactNode) | undefined;
  label: string;
}

export function Cards({ form, columns, rows, titleKey, action, label }: Props) {
  const { t } = useTranslation("list");
  const { size } = useLook();
  const scroller = useRef<HTMLDivElement>(null);
  useReturn(scroller);
  const { title, state, words, figure } = cardParts(columns, titleKey);
  const height = size === "large" ? 112 : 92;
  const virtual = useVirtualizer({
    count: rows.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 6,
    initialRect: { width: 390, height: 700 },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another size of type, other heights
  useEffect(() => virtual.measure(), [virtual, height]);
  const from = virtual.range?.startIndex ?? 0;
  const to = virtual.range?.endIndex ?? 0;
  const { see, count } = rows;
  // biome-ignore lint/correctness/useExhaustiveDependencies: told again when rows arrive, not when the teller is made anew
  useEffect(() => see(from, to), [from, to, count]);
  return (
    <div className={rows.isStale ? "cards-box is-stale" : "cards-box"} ref={scroller}>
      <ul aria-label={label} style={{ height: rows.count * height }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows.at(item.index);
          const name = title && row ? row[title.key] : undefined;
          const inside = row && (
            <>
              <span className="row-card-name">
                {title && !isBlank(name) ? <Cell shape={title.shape} value={name} leads={false} /> : t("unnamed")}
              </span>
              <span className="row-card-state">
                {state && !isBlank(row[state.key]) && <Cell shape={state.shape} value={row[state.key]} leads={false} />}
              </span>
              <span className="row-card-words">
                {words
                  .filter((one) => !isBlank(row[one.key]))
                  .map((one) => (
                    <span key={one.key}>
                      <span className="unseen">{one.shape.label} </span>
                      <Cell shape={one.shape} value={row[one.key]} leads={false} />
                    </span>
                  ))}
              </span>
              {figure && (
                <span className="row-card-figure">
                  <span className="unseen">{figure.shape.label} </span>
                  <Cell shape={figure.shape} value={row[figure.key]} leads={false} />
                </span>
              )}
            </>
          );
          return (
            <li
              key={item.key}
              aria-setsize={rows.isWhole ? rows.count : -1}
              aria-posinset={item.index + 1}
              style={{ transform: `translateY(${item.start}px)`, height }}
            >
              {!row ? (
                <span className="row-card">
                  <span className="grid-ghost" />
                </span>
              ) : action ? (
                <span className="row-card">
                  {inside}
                  <span className="row-card-do">{action(row)}</span>
                </span>
              ) : (
                <Link
                  className="row-card"
                  to={`/${form}/${row.id}`}
                  state={{ from: window.location.pathname + window.location.search }}
                >
                  {inside}
                </Link>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
