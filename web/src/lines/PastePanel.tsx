/** What was pasted, looked at before it goes in: what is meant, what may mean several things, what nothing bears. */
import {
  CheckCircleOutlined,
  CloseOutlined,
  ExclamationCircleOutlined,
  QuestionCircleOutlined,
} from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Button, Drawer, Input, Segmented, Select, Spin } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Linked } from "@/api/types";
import { FieldEditor } from "@/fields/FieldEditor";
import { isLinked } from "@/fields/shape";
import { ProblemNote } from "@/look/ProblemNote";
import { useNarrow } from "@/look/useNarrow";
import { meanings } from "./lookup";
import { asked, cellOf, cellText, type Paste, type PasteColumn, type PasteRow, standing, told } from "./pasting";

interface Props {
  /** null: a text is still to be given. */
  paste: Paste | null;
  columns: readonly PasteColumn[];
  today: string;
  read: (text: string) => Paste;
  onTake: (paste: Paste) => void;
  onClose: () => void;
}

export function PastePanel({ paste: given, columns, today, read, onTake, onClose }: Props) {
  const { t } = useTranslation("lines");
  const narrow = useNarrow();
  const queries = useQueryClient();
  const [text, setText] = useState("");
  const [paste, setPaste] = useState<Paste | null>(given);
  const [problem, setProblem] = useState<unknown>(null);
  const [isAsking, setAsking] = useState(false);
  const [onlyOpen, setOnlyOpen] = useState(false);
  const isAlive = useRef(true);
  useEffect(() => {
    isAlive.current = true;
    return () => {
      isAlive.current = false;
    };
  }, []);

  const lookUp = async (begun: Paste) => {
    setProblem(null);
    setAsking(true);
    try {
      for (const [key, texts] of asked(begun)) {
        const shape = columns.find((one) => one.key === key)?.shape;
        if (!shape?.to) continue;
        const known = await meanings(queries, { form: shape.to, lines: shape.lines ?? null }, texts, (soFar) => {
          if (isAlive.current) setPaste((now) => now && told(now, key, soFar));
        });
        if (isAlive.current) setPaste((now) => now && told(now, key, known));
      }
    } catch (error) {
      if (isAlive.current) setProblem(error);
    } finally {
      if (isAlive.current) setAsking(false);
    }
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, for what was pasted
  useEffect(() => {
    if (given) void lookUp(given);
  }, []);

  const change = (place: number, row: PasteRow | null) =>
    setPaste((now) => {
      if (!now) return now;
      const rows = row ? now.rows.with(place, row) : now.rows.toSpliced(place, 1);
      return { ...now, rows };
    });
  const counts = useMemo(() => {
    const found = { ready: 0, several: 0, wrong: 0, asked: 0 };
    for (const row of paste?.rows ?? []) found[standing(row)] += 1;
    return found;
  }, [paste]);
  const places = (paste?.rows ?? []).flatMap((row, place) =>
    onlyOpen && standing(row) === "ready" ? [] : [{ row, place }],
  );
  const open = counts.several + counts.wrong;
  return (
    <Drawer
      open
      onClose={onClose}
      placement={narrow ? "bottom" : "right"}
      size={narrow ? "86%" : 680}
      title={t("paste.title")}
      footer={
        <div className="paste-foot">
          <span aria-live="polite" className="soft">
            {isAsking ? (
              <>
                <Spin size="small" /> {t("paste.asking", { count: counts.asked })}
              </>
            ) : (
              paste && t("paste.counts", counts)
            )}
          </span>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          {paste ? (
            <Button
              type="primary"
              disabled={counts.ready === 0 || isAsking}
              onClick={() => onTake(paste)}
              autoFocus={!isAsking && open === 0}
            >
              {open > 0 ? t("paste.takeReady", { count: counts.ready }) : t("paste.take", { count: counts.ready })}
            </Button>
          ) : (
            <Button
              type="primary"
              disabled={text.trim() === ""}
              onClick={() => {
                const begun = read(text);
                setPaste(begun);
                void lookUp(begun);
              }}
            >
              {t("paste.look")}
            </Button>
          )}
        </div>
      }
    >
      {!paste && (
        <>
          <p className="soft">{t("paste.help")}</p>
          <Input.TextArea
            autoFocus
            autoSize={{ minRows: 8, maxRows: 18 }}
            value={text}
            aria-label={t("paste.text")}
            placeholder={t("paste.example")}
            onChange={(event) => setText(event.target.value)}
          />
        </>
      )}
      <ProblemNote error={problem} {...(paste ? { onRetry: () => void lookUp(paste) } : {})} />
      {paste && paste.unused.length > 0 && (
        <p className="soft">{t("paste.unused", { labels: paste.unused.join("、") })}</p>
      )}
      {paste && open > 0 && (
        <Segmented
          size="small"
          value={onlyOpen ? "open" : "all"}
          onChange={(value) => setOnlyOpen(value === "open")}
          options={[
            { value: "all", label: t("paste.all", { count: paste.rows.length }) },
            { value: "open", label: t("paste.open", { count: open }) },
          ]}
        />
      )}
      {paste && (
        <Items
          {...{ columns, today, change }}
          places={places}
          keys={paste.columns}
          onAgain={(row, place) => change(place, row)}
        />
      )}
    </Drawer>
  );
}

interface ItemsProps {
  places: { row: PasteRow; place: number }[];
  keys: readonly string[];
  columns: readonly PasteColumn[];
  today: string;
  change: (place: number, row: PasteRow | null) => void;
  onAgain: (row: PasteRow, place: number) => void;
}

const ITEM = 88;

function Items({ places, keys, columns, today, change }: ItemsProps) {
  const { t } = useTranslation("lines");
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: places.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ITEM,
    measureElement: (node) => node.getBoundingClientRect().height || ITEM,
    overscan: 6,
    initialRect: { width: 600, height: 640 },
  });
  return (
    <div className="paste-items" ref={scroller}>
      <ul style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const one = places[item.index];
          if (!one) return null;
          const { row, place } = one;
          const state = standing(row);
          return (
            <li
              key={place}
              data-index={item.index}
              ref={virtual.measureElement}
              className={`paste-item is-${state}`}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <span className="paste-mark" title={t(`paste.${state}`)}>
                {state === "ready" && <CheckCircleOutlined aria-label={t("paste.ready")} />}
                {state === "several" && <QuestionCircleOutlined aria-label={t("paste.several")} />}
                {state === "wrong" && <ExclamationCircleOutlined aria-label={t("paste.wrong")} />}
                {state === "asked" && <Spin size="small" />}
              </span>
              <div className="paste-what">
                {row.source && <div className="paste-source">{row.source}</div>}
                <div className="paste-cells">
                  {keys.map((key) => {
                    const column = columns.find((own) => own.key === key);
                    const cell = row.cells[key];
                    if (!column || !cell) return null;
                    const label = t("cell", { label: column.label, row: place + 1 });
                    const put = (next: typeof cell) => change(place, { ...row, cells: { ...row.cells, [key]: next } });
                    return (
                      <div key={key} className="paste-cell">
                        <span className="soft">{column.label}</span>
                        {cell.value !== undefined && !cell.isWrong ? (
                          <span>
                            {cellText(column.shape, cell.value, { yes: t("common:yes"), no: t("common:no") })}
                            <span className="soft">
                              {
                                cell.candidates?.find(
                                  (one) => isLinked(cell.value ?? null) && one.id === (cell.value as Linked).id,
                                )?.more
                              }
                            </span>
                          </span>
                        ) : cell.candidates && cell.candidates.length > 0 ? (
                          <Select
                            size="small"
                            aria-label={label}
                            placeholder={t("paste.choose", { count: cell.candidates.length })}
                            options={cell.candidates.map(({ id, title, more }) => ({
                              value: id,
                              label: [title ?? `#${id}`, more].filter(Boolean).join(" · "),
                            }))}
                            onChange={(id: number) => {
                              const own = cell.candidates?.find((one) => one.id === id);
                              put({ ...cell, value: own ? { id: own.id, title: own.title } : null });
                            }}
                          />
                        ) : cell.isWrong && column.shape.kind === "link" ? (
                          <FieldEditor
                            shape={{ ...column.shape, mayCreate: false }}
                            value={null}
                            label={label}
                            status="error"
                            onChange={(value) => put({ text: cell.text, value })}
                          />
                        ) : cell.isWrong ? (
                          <Input
                            size="small"
                            status="error"
                            aria-label={label}
                            defaultValue={cell.text}
                            onBlur={(event) => put(cellOf({ columns, today }, key, event.target.value))}
                            onPressEnter={(event) => put(cellOf({ columns, today }, key, event.currentTarget.value))}
                          />
                        ) : (
                          <span className="soft">{cell.text}</span>
                        )}
                      </div>
                    );
                  })}
                </div>
              </div>
              <Button
                type="text"
                size="small"
                icon={<CloseOutlined aria-hidden="true" />}
                aria-label={t("paste.drop", { row: place + 1 })}
                onClick={() => change(place, null)}
              />
            </li>
          );
        })}
      </ul>
    </div>
  );
}
