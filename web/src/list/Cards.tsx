/** A list on a phone: one card a record, with its name, its state and the few values that matter most. */
import { Checkbox } from "antd";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { ListRow } from "@/api/types";
import { isBlank } from "@/fields/shape";
import { useLook } from "@/look/Look";
import { Cell } from "./Cell";
import { type Column, cardParts } from "./columns";
import type { Picked } from "./picking";
import type { Rows } from "./usePages";
import { useReturn } from "./useReturn";
import { useSpan } from "./useSpan";
import "./cards.css";

interface Props {
  form: string;
  columns: Column[];
  rows: Rows;
  titleKey: string | null;
  /** While rows are being chosen, a tap chooses instead of opening. */
  picked: Picked | null;
  action?: ((row: ListRow) => ReactNode) | undefined;
  label: string;
}

/** What lies over the end of the list: the button for a new record. */
const BELOW = 88;

export function Cards({ form, columns, rows, titleKey, picked, action, label }: Props) {
  const { t } = useTranslation("list");
  const { size } = useLook();
  const { title, state, words, figure } = cardParts(columns, titleKey);
  const height = size === "large" ? 112 : 92;
  const { see, count } = rows;
  const span = useSpan(count, height, BELOW, null);
  useReturn(span);
  // biome-ignore lint/correctness/useExhaustiveDependencies: told again when rows arrive, not when the teller is made anew
  useEffect(() => see(span.first, span.last), [span.first, span.last, count]);
  return (
    <div className={rows.isStale ? "cards-box is-stale" : "cards-box"} ref={span.scroller}>
      <ul aria-label={label} style={{ height: span.height }}>
        {span.drawn.map((index) => {
          const row = rows.at(index);
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
              key={index}
              aria-setsize={rows.isWhole ? rows.count : -1}
              aria-posinset={index + 1}
              style={{ transform: `translateY(${span.top(index)}px)`, height }}
            >
              {!row ? (
                <span className="row-card">
                  <span className="grid-ghost" />
                </span>
              ) : picked ? (
                <Checkbox
                  className={picked.has(row.id) ? "row-card row-card-pick is-picked" : "row-card row-card-pick"}
                  checked={picked.has(row.id)}
                  onChange={() => picked.toggle(row, index, false)}
                >
                  <span className="row-card-inside">{inside}</span>
                </Checkbox>
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
