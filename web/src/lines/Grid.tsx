/** Rows on a wide screen: one live editor over texts, of which only those in sight are drawn. Everything works by keys. */
// biome-ignore-all lint/a11y/useSemanticElements: a grid of which only the rows in sight are drawn cannot be a table element; the pattern of ARIA says the rest
// biome-ignore-all lint/a11y/useFocusableInteractive: one cell of the whole grid is in the order of focus at a time
// biome-ignore-all lint/a11y/noStaticElementInteractions: keys and clicks of all cells are heard in one place
import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type Ref,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useReducer,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import type { Value } from "@/api/types";
import { isLinked } from "@/fields/shape";
import { shown as shownText } from "@/fields/shown";
import { ValueText } from "@/fields/ValueText";
import { dayOf } from "@/look/figures";
import { useLook } from "@/look/Look";
import { CALENDARS, cellEditor } from "./cellEditor";
import { type Column, isSummed, statesOf } from "./columns";
import { inPacks } from "./counting";
import { HeadRow } from "./HeadRow";
import type { Hand } from "./hand";
import type { Change } from "./history";
import { acts } from "./keys";
import type { LinesGridProps } from "./LinesGrid";
import { blockOf, firstTyped, nextOf, nextTyped, type Place, type Size, within } from "./moving";
import type { EditorHandle } from "./PickEditor";
import { type Message, type Paste, standing } from "./pasting";
import { cellValue, RowView, SEPARATOR } from "./RowView";
import { isUnreadable } from "./reading";
import type { GridRow } from "./rows";
import { SumsRow } from "./SumsRow";
import { useClipboard } from "./useClipboard";
import type { Lines } from "./useLines";
import { usePointer } from "./usePointer";
import { useTyping } from "./useTyping";

/** What others ask of the grid. */
export interface GridHandle {
  focus: (place: Place) => void;
  /** To the next cell in which something is wrong. */
  nextWrong: () => void;
  addRow: () => void;
  /** The text that somebody types now; null where nobody does. */
  draft: () => string | null;
  putBack: (text: string | null) => void;
}

interface Props {
  given: LinesGridProps;
  lines: Lines;
  columns: readonly Column[];
  widths: Readonly<Record<string, number>>;
  onWidth: (key: string, width: number) => void;
  message: Message | null;
  onPaste: (paste: Paste, row: number) => void;
  /** A link to what is not there yet. */
  onCreate: (create: { form: string; words: string; use: (value: Value) => void }) => void;
  /** More words about linked records, by the key of their column. */
  telling: { column: string; words: ReadonlyMap<number, string> };
  /** The row that a scan has just changed. */
  flash: { key: string; times: number } | null;
  /** What is wrong in the active cell. */
  onTell: (text: string | null) => void;
  statusId: string;
  ref: Ref<GridHandle>;
}

export function Grid(props: Props) {
  const { given, lines, columns, onWidth, message, onPaste, onCreate, telling, flash, onTell, statusId, ref } = props;
  const { field, readOnly, stateOf, besides, errors, onWhy } = given;
  const { t } = useTranslation("lines");
  const { size: type } = useLook();
  const height = type === "large" ? 46 : 36;
  const scroller = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const handle = useRef<EditorHandle>(null);
  const wantsFocus = useRef(false);
  const held = useRef<string[]>([]);
  const isReplaying = useRef(false);
  const [, goOnTyping] = useReducer((times: number) => times + 1, 0);
  /** The cursor goes behind what stands in the cell. */
  const wantsCursor = useRef(false);

  const rows = lines.shown;
  const size: Size = { rows: rows.length, columns: columns.length };
  const [wanted, setActive] = useState<Place>({ row: 0, column: 0 });
  const active = within(wanted, size);
  const [extent, setExtent] = useState<Place | null>(null);
  const block = blockOf(active, extent ? within(extent, size) : active);
  const column = columns[active.column];
  const row = rows[active.row];
  const today = dayOf(new Date());
  const words = { yes: t("common:yes"), no: t("common:no") };

  const mayType = (place: Place): boolean => {
    const one = columns[place.column];
    const at = lines.shown[place.row];
    return Boolean(one?.field && at && lines.mayType(one.key, at));
  };
  const sizeNow = (): Size => ({ rows: lines.shown.length, columns: columns.length });

  // Typing

  const typed = useTyping({
    given,
    lines,
    today,
    column,
    row,
    mayType: () => mayType(active),
    isNew: () => active.row >= lines.now.length,
    onTyped: () => setExtent(null),
    handle,
  });
  const { draft, typing, isOpen, setOpen, write, finish, cancel, enter, begin } = typed;

  // Moving

  const goTo = (place: Place | null, mayExtend = false) => {
    finish();
    wantsFocus.current = true;
    if (!place) return;
    if (mayExtend) setExtent(within(place, sizeNow()));
    else {
      setActive(within(place, sizeNow()));
      setExtent(null);
    }
    // A row that is drawn comes into sight with its focus; to look where others lie lays the whole page out.
    if (!cellAt(scroller.current, place)) virtual.scrollToIndex(place.row, { align: "auto" });
  };
  const goOn = (step: 1 | -1): boolean => {
    finish();
    const next = nextTyped(active, step, sizeNow(), mayType);
    if (next) goTo(next);
    return next !== null;
  };
  const lead = (change: Change | null) => {
    if (!change) return;
    const key = change.kind === "cells" ? change.cells[0]?.key : change.rows[0]?.row.key;
    const at = lines.now.findIndex((one) => one.key === key);
    const name = change.kind === "cells" ? change.cells[0]?.column : undefined;
    const to = columns.findIndex((one) => one.key === name);
    goTo({ row: at < 0 ? active.row : at, column: to < 0 ? active.column : to });
  };

  // Blocks

  const cellsOf = (what: typeof block) =>
    rows.slice(what.top, what.bottom + 1).map((one, at) =>
      columns.slice(what.left, what.right + 1).map((own) => ({
        row: one,
        column: own,
        value: cellValue(own, one, besides[what.top + at]),
      })),
    );
  const clear = () => {
    const cells = cellsOf(block).flat();
    const full = cells.filter((one) => one.row !== rows[lines.now.length]);
    lines.fill(full.map((one) => ({ row: one.row, column: one.column.key, value: null })));
    wantsFocus.current = true;
  };
  const fillDown = () => {
    const top = block.top === block.bottom ? block.top - 1 : block.top;
    const source = rows[top];
    if (!source) return;
    const under = { ...block, top: top + 1 };
    lines.fill(
      cellsOf(under)
        .flat()
        .map((one) => ({ row: one.row, column: one.column.key, value: source[one.column.key] ?? null })),
    );
    wantsFocus.current = true;
  };
  const removeRows = (from: number, to: number) => {
    if (!lines.mayAdd) return;
    cancel();
    lines.remove(from, to);
    goTo({ row: from, column: active.column });
  };
  const insert = () => {
    if (!lines.mayAdd) return;
    finish();
    const at = active.row + 1;
    if (at < lines.now.length) lines.insert(at);
    goTo(firstTyped(Math.min(at, lines.now.length), sizeNow(), mayType));
  };

  // What is wrong

  const wrongRows = new Map<number, string>();
  for (const one of errors) {
    const told = wrongRows.get(one.row);
    const own = `${one.column ?? ""}${SEPARATOR}${one.text}`;
    wrongRows.set(one.row, told ? `${told}${SEPARATOR}${own}` : own);
  }
  const told =
    errors.find((one) => one.row === active.row && one.column === column?.key)?.text ??
    (column && row && draft === null && isUnreadable(column.shape, row[column.key]) ? t("unreadable") : null) ??
    errors.find((one) => one.row === active.row && one.column === null)?.text ??
    null;
  useEffect(() => onTell(told), [told, onTell]);
  const nextWrong = () => {
    const places = errors.map((one) => ({
      row: one.row,
      column: Math.max(
        0,
        columns.findIndex((own) => own.key === one.column),
      ),
    }));
    goTo(nextOf(places, active));
  };

  useImperativeHandle(ref, () => ({
    focus: (place) => goTo(place),
    nextWrong,
    addRow: () => goTo(firstTyped(lines.now.length, sizeNow(), mayType)),
    draft: () => typing.current,
    putBack: (text) => {
      if (text === null) cancel();
      else enter(text);
    },
  }));

  const hand: Hand = {
    ...{ lines, columns, readOnly, size, sizeNow, active, extent, block, column, row, isOpen, onWhy },
    ...{ mayType, cellsOf, enter, finish, cancel, goTo, goOn, lead, clear, fillDown, removeRows, insert },
    isTyping: draft !== null,
    rowsOnPage: () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / height) - 3),
    begin: (atEnd = false) => {
      if (atEnd) wantsCursor.current = true;
      begin();
    },
    openCalendar: () => {
      if (!column || !CALENDARS.has(column.shape.kind) || !mayType(active)) return false;
      finish();
      setOpen(true);
      return true;
    },
    extend: setExtent,
    choose: (place, to) => {
      setActive(place);
      setExtent(to);
    },
    keepFocus: () => {
      wantsFocus.current = true;
    },
  };
  const { onCopy, onPasted } = useClipboard(hand, words, today, message, onPaste);
  const { onMouseDown, onMouseOver, onClick, onFocus, onBlur } = usePointer(hand, scroller, input);

  // Keys

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    // An input method that is composing has every key to itself.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    const target = event.target as HTMLElement;
    if (target.closest(".lines-boxed")) {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      setOpen(false);
      wantsFocus.current = true;
      return;
    }
    if (handle.current?.key(event) || acts(event, hand)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  // Drawing

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 6,
    scrollPaddingStart: height,
    scrollPaddingEnd: height * 2,
    initialRect: { width: 1200, height: 640 },
    rangeExtractor: (range) => {
      const found = defaultRangeExtractor(range);
      return found.includes(active.row) || active.row >= range.count
        ? found
        : [...found, active.row].sort((one, other) => one - other);
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another size of type, other heights
  useEffect(() => virtual.measure(), [virtual, height]);

  // The active cell has the focus as soon as it is drawn.
  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    const cell = cellAt(scroller.current, active);
    if (!cell) return;
    wantsFocus.current = false;
    const editor = cell.querySelector<HTMLElement>(".lines-boxed input, .lines-boxed textarea, input, [role=checkbox]");
    (editor ?? cell).focus({ preventScroll: true });
    cell.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  });
  // Keys that came before a link was found go on from where it led to, one after another.
  useLayoutEffect(() => {
    if (!isReplaying.current || wantsFocus.current) return;
    const key = held.current.shift();
    isReplaying.current = held.current.length > 0;
    if (key === undefined) return;
    const pressed = new globalThis.KeyboardEvent("keydown", { key }) as unknown as KeyboardEvent;
    const isTaken = handle.current?.key(pressed) || acts(pressed, hand);
    if (!isTaken && key.length === 1) enter((typing.current ?? "") + key);
    if (isReplaying.current) goOnTyping();
  });
  const text = column && row ? shownText(column.shape, cellValue(column, row, besides[active.row]), words) : "";
  const isReady = draft === null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another cell or another text: chosen as a whole, so that typing replaces it
  useLayoutEffect(() => {
    if (isReady && document.activeElement === input.current) input.current?.select();
    else if (wantsCursor.current) {
      const end = input.current?.value.length ?? 0;
      input.current?.setSelectionRange(end, end);
    }
    wantsCursor.current = false;
  }, [isReady, text, active.row, active.column]);

  const label = column ? t("cell", { label: column.label, row: active.row + 1 }) : "";
  const editor = () =>
    cellEditor({
      hand,
      label,
      text,
      draft,
      isWrong: told !== null,
      describedBy: told ? statusId : undefined,
      input,
      handle,
      held,
      onOpen: () => setOpen(true),
      onWait: () => {
        isReplaying.current = false;
      },
      onPick: (value, step, isLate) => {
        if (!column || !row) return;
        const { key } = column;
        if (isLate) isReplaying.current = true;
        write(null);
        setOpen(false);
        const isSame = isLinked(value) && isLinked(row[key]) && row[key].id === value.id;
        if (!isSame && (value ?? null) !== (row[key] ?? null)) lines.set(row, key, value);
        wantsFocus.current = step !== 0 || document.activeElement === input.current;
        if (step !== 0) goOn(step);
      },
      onCreate: (sought) => {
        if (!column || !row) return;
        cancel();
        onCreate({
          form: column.shape.to ?? "",
          words: sought,
          use: (value) => lines.set(row, column.key, value),
        });
      },
      onBoxed: (value) => {
        if (!column || !row) return;
        lines.set(row, column.key, value);
        if (!CALENDARS.has(column.shape.kind)) return;
        // The day is chosen: the calendar has nothing more to ask.
        setOpen(false);
        wantsFocus.current = true;
      },
    });

  /** The quantities of a row as they are counted in packs: column and words by turns. */
  const counted = columns.flatMap((one) => (one.field?.packs ? [one.field] : []));
  const mixedIn = (one: GridRow): string =>
    counted
      .flatMap((own) => {
        const words = inPacks(own, one, given.packsOf?.(own, one) ?? null);
        return words ? [own.name, words] : [];
      })
      .join(SEPARATOR);

  const template = ["44px", ...columns.map((one) => `${one.width}px`), ...(readOnly ? [] : ["40px"])].join(" ");
  const hasSums = columns.some(isSummed);
  const figures = columns.filter((one) => one.field === null);
  return (
    <>
      <div
        ref={scroller}
        role="grid"
        aria-label={field.label}
        aria-rowcount={rows.length + 1 + (hasSums ? 1 : 0)}
        aria-colcount={columns.length + (readOnly ? 1 : 2)}
        aria-readonly={readOnly}
        aria-multiselectable
        className="lines-grid"
        style={{ "--lines-columns": template, "--lines-row": `${height}px` } as React.CSSProperties}
        onKeyDown={onKeyDown}
        onCopy={(event) => onCopy(event, false)}
        onCut={(event) => onCopy(event, true)}
        onPaste={onPasted}
        onScroll={({ currentTarget }) => currentTarget.classList.toggle("is-aside", currentTarget.scrollLeft > 0)}
        onMouseDown={onMouseDown}
        onMouseOver={onMouseOver}
        onClick={onClick}
        onFocus={onFocus}
        onBlur={onBlur}
      >
        <HeadRow columns={columns} readOnly={readOnly} onWidth={onWidth} />
        <div role="rowgroup" className="lines-body" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const one = rows[item.index];
            if (!one) return null;
            const isHere = item.index === active.row;
            const isIn = item.index >= block.top && item.index <= block.bottom && (extent !== null || isHere);
            return (
              <RowView
                key={one.key}
                row={one}
                place={item.index}
                top={item.start}
                columns={columns}
                states={statesOf(columns, one, stateOf, readOnly)}
                beside={besides[item.index]}
                more={telling.words.get(idIn(one[telling.column])) ?? ""}
                moreIn={telling.column}
                wrong={wrongRows.get(item.index) ?? ""}
                mixed={mixedIn(one)}
                active={isHere ? active.column : -1}
                left={isIn && extent ? block.left : -1}
                right={isIn && extent ? block.right : -2}
                editor={isHere ? editor() : null}
                readOnly={readOnly}
                mayGo={lines.mayAdd}
                isSpare={item.index >= lines.now.length}
                flash={flash?.key === one.key ? flash.times : 0}
                onWhy={Boolean(onWhy) && one.id !== undefined}
              />
            );
          })}
        </div>
        {hasSums && <SumsRow rows={lines.now} columns={columns} place={rows.length + 2} readOnly={readOnly} />}
      </div>
      {figures.length > 0 && (
        // In sight also where their columns are not.
        <div className="lines-here">
          {figures.map((one) => {
            const value = row && cellValue(one, row, besides[active.row]);
            return (
              <span key={one.key}>
                {one.label} <ValueText shape={one.shape} value={value} />
              </span>
            );
          })}
        </div>
      )}
    </>
  );
}

function idIn(value: Value): number {
  return isLinked(value) ? value.id : 0;
}

function cellAt(root: HTMLElement | null, { row, column }: Place): HTMLElement | null {
  return root?.querySelector<HTMLElement>(`[data-row="${row}"][data-column="${column}"]`) ?? null;
}

/** Whether a paste can go in without being looked at. */
export function isPlain(paste: Paste): boolean {
  return paste.rows.every((row) => standing(row) === "ready") && paste.unused.length === 0;
}
