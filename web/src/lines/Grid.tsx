/** Rows on a wide screen: one live editor over texts, of which only those in sight are drawn. Everything works by keys. */
// biome-ignore-all lint/a11y/useSemanticElements: a grid of which only the rows in sight are drawn cannot be a table element; the pattern of ARIA says the rest
// biome-ignore-all lint/a11y/useFocusableInteractive: one cell of the whole grid is in the order of focus at a time
// biome-ignore-all lint/a11y/noStaticElementInteractions: keys and clicks of all cells are heard in one place
import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import {
  type ClipboardEvent,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import type { Value } from "@/api/types";
import { FieldEditor } from "@/fields/FieldEditor";
import { isLinked } from "@/fields/shape";
import { shown as shownText } from "@/fields/shown";
import { ValueText } from "@/fields/ValueText";
import { dayOf, isNegative } from "@/look/figures";
import { useLook } from "@/look/Look";
import { asTable } from "./clipboard";
import { type Column, isSummed, NARROWEST, statesOf, WIDEST } from "./columns";
import type { Change } from "./history";
import type { LinesGridProps } from "./LinesGrid";
import { blockOf, firstTyped, nextOf, nextTyped, type Place, type Size, towards, within } from "./moving";
import { ChoiceEditor, type EditorHandle, LinkEditor } from "./PickEditor";
import { cellText, isMany, type Paste, type PasteColumn, standing, taken } from "./pasting";
import { cellValue, RowView, SEPARATOR } from "./RowView";
import { isUnreadable, readCell, spelled } from "./reading";
import { sumOf, sumText } from "./totals";
import type { Lines } from "./useLines";

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
  message: { link: string; count: string | null; units: readonly string[] } | null;
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

interface Edit {
  key: string;
  column: string;
  before: Value;
  after: Value;
  isNewRow: boolean;
}

/** The last thing copied here: its links are pasted as the links that they are. */
let copied: { text: string; cells: { column: Column; value: Value }[][] } | null = null;

const PICKED = new Set(["link", "choice"]);
const BOXED = new Set(["choices", "tags", "instant", "long_text"]);

export function Grid(props: Props) {
  const { given, lines, columns, onWidth, message, onPaste, onCreate, telling, flash, onTell, statusId, ref } = props;
  const { field, readOnly, stateOf, besides, errors, onWhy } = given;
  const { t } = useTranslation("lines");
  const { size: type } = useLook();
  const height = type === "large" ? 46 : 36;
  const scroller = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const handle = useRef<EditorHandle>(null);
  const edit = useRef<Edit | null>(null);
  const wantsFocus = useRef(false);
  const held = useRef<string[]>([]);
  const isReplaying = useRef(false);
  const [, goOnTyping] = useReducer((times: number) => times + 1, 0);
  const isDragging = useRef(false);
  /** The cursor goes behind what stands in the cell. */
  const wantsCursor = useRef(false);

  const rows = lines.shown;
  const size: Size = { rows: rows.length, columns: columns.length };
  const [wanted, setActive] = useState<Place>({ row: 0, column: 0 });
  const active = within(wanted, size);
  const [extent, setExtent] = useState<Place | null>(null);
  const [draft, setDraft] = useState<string | null>(null);
  const typing = useRef(draft);
  typing.current = draft;
  const [isOpen, setOpen] = useState(false);
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

  const write = (text: string | null) => {
    typing.current = text;
    setDraft(text);
  };
  const finish = () => {
    if (typing.current === null && !isOpen) return;
    handle.current?.settle();
    const done = edit.current;
    edit.current = null;
    if (done) {
      const { isNewRow, ...cell } = done;
      lines.finished(cell, isNewRow);
    }
    write(null);
    setOpen(false);
  };
  const cancel = () => {
    const left = edit.current;
    edit.current = null;
    if (left?.isNewRow) lines.drop(left.key);
    else if (left) lines.live(left.key, left.column, left.before);
    write(null);
    setOpen(false);
  };
  const enter = (text: string) => {
    if (!column?.field || !row || !mayType(active)) return;
    setExtent(null);
    write(text);
    if (PICKED.has(column.shape.kind)) {
      setOpen(true);
      return;
    }
    const isNewRow = edit.current?.isNewRow ?? active.row >= lines.now.length;
    const before = edit.current ? edit.current.before : lines.before(row, column.key);
    const reading = readCell(column.shape, text, today);
    // What cannot be read stays as it was typed, and is shown to be wrong.
    const after = reading.isRead ? reading.value : text;
    edit.current = { key: row.key, column: column.key, before, after, isNewRow };
    lines.live(row.key, column.key, after);
  };
  const begin = () => {
    if (!column || !row || !mayType(active)) return;
    if (column.shape.kind === "flag") return lines.set(row, column.key, row[column.key] !== true);
    if (BOXED.has(column.shape.kind) || PICKED.has(column.shape.kind)) return setOpen(true);
    if (typing.current !== null) return;
    write(spelled(column.shape, row[column.key]));
  };

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
    virtual.scrollToIndex(place.row, { align: "auto" });
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
    cancel();
    lines.remove(from, to);
    goTo({ row: from, column: active.column });
  };
  const insert = () => {
    if (readOnly) return;
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
    if (handle.current?.key(event) || acts(event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  const acts = (event: KeyboardEvent): boolean => {
    const isTyping = draft !== null;
    const mod = event.ctrlKey || event.metaKey;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / height) - 3);
    const from = event.shiftKey && extent ? extent : active;
    const last = size.columns - 1;
    const move = (rowsOn: number, columnsOn: number): true => {
      const mayExtend = event.shiftKey && !isTyping;
      goTo(towards(mayExtend ? from : active, rowsOn, columnsOn, sizeNow()), mayExtend);
      return true;
    };
    if (mod && !event.altKey) return actsWithMod(event, isTyping, move);
    if (event.altKey) return false;
    switch (event.key) {
      case "Enter":
        // On the last cell of all there is nowhere to go on to: the empty row is already there.
        goOn(event.shiftKey ? -1 : 1);
        return true;
      case "Tab":
        return goOn(event.shiftKey ? -1 : 1);
      case "ArrowUp":
        return move(-1, 0);
      case "ArrowDown":
        return move(1, 0);
      case "ArrowLeft":
        return !isTyping && move(0, -1);
      case "ArrowRight":
        return !isTyping && move(0, 1);
      case "Home":
        return !isTyping && move(0, -size.columns);
      case "End":
        return !isTyping && move(0, size.columns);
      case "PageUp":
        return move(-page, 0);
      case "PageDown":
        return move(page, 0);
      case "F2":
        if (!mayType(active) && column?.field && row) onWhy?.(column.field, row);
        else {
          wantsCursor.current = true;
          begin();
        }
        return true;
      case "Escape":
        if (!isTyping && !isOpen && !extent) return false;
        if (isTyping || isOpen) cancel();
        setExtent(null);
        wantsFocus.current = true;
        return true;
      case "Delete":
        if (isTyping || readOnly) return false;
        clear();
        return true;
      case "Insert":
        if (event.shiftKey) return false;
        insert();
        return true;
      case " ":
        if (event.shiftKey && !isTyping) {
          setActive({ ...active, column: 0 });
          setExtent({ row: active.row, column: last });
          wantsFocus.current = true;
          return true;
        }
        if (column?.shape.kind === "flag") begin();
        return !isTyping && (column?.shape.kind === "flag" || !mayType(active));
      default:
        return false;
    }
  };
  const actsWithMod = (event: KeyboardEvent, isTyping: boolean, move: (r: number, c: number) => true): boolean => {
    switch (event.key.toLowerCase()) {
      case "enter":
      case "s":
        // Saving is the page's: it takes what is typed here with it.
        finish();
        return false;
      case "arrowup":
        return move(-size.rows, 0);
      case "arrowdown":
        return move(size.rows, 0);
      case "arrowleft":
        return !isTyping && move(0, -size.columns);
      case "arrowright":
        return !isTyping && move(0, size.columns);
      case "home":
        return !isTyping && move(-size.rows, -size.columns);
      case "end":
        return !isTyping && move(size.rows, size.columns);
      case "a":
        if (isTyping) return false;
        setActive({ row: 0, column: 0 });
        setExtent({ row: Math.max(0, lines.now.length - 1), column: size.columns - 1 });
        wantsFocus.current = true;
        return true;
      case "d":
        finish();
        fillDown();
        return true;
      case "delete":
        if (readOnly) return false;
        removeRows(block.top, block.bottom);
        return true;
      case "z":
      case "y":
        if (readOnly) return false;
        if (isTyping) cancel();
        else lead(event.key.toLowerCase() === "y" || event.shiftKey ? lines.redo() : lines.undo());
        wantsFocus.current = true;
        return true;
      default:
        return false;
    }
  };

  // Clipboard

  const onCopy = (event: ClipboardEvent, isCut: boolean) => {
    if (draft !== null || (event.target as HTMLElement).closest(".lines-boxed")) return;
    const cells = cellsOf({ ...block, bottom: Math.min(block.bottom, Math.max(block.top, lines.now.length - 1)) });
    const text = asTable(cells.map((line) => line.map((one) => cellText(one.column.shape, one.value, words))));
    copied = { text, cells };
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
    if (isCut && !readOnly) clear();
  };
  const onPasted = (event: ClipboardEvent) => {
    const text = event.clipboardData.getData("text/plain");
    const isOne = !isMany(text);
    if (readOnly || text === "" || (event.target as HTMLElement).closest(".lines-boxed")) return;
    if (draft !== null && isOne) return;
    event.preventDefault();
    finish();
    wantsFocus.current = true;
    const own = copied && copied.text === text.replace(/\r\n/g, "\n") ? copied.cells : null;
    const single = own?.length === 1 && own[0]?.length === 1 ? own[0][0] : undefined;
    if (single && fits(single.column, column)) {
      const cells = cellsOf(block).flat();
      return lines.fill(cells.map((one) => ({ row: one.row, column: one.column.key, value: single.value ?? null })));
    }
    if (own?.every((line) => line.every((one, at) => fits(one.column, columns[active.column + at])))) {
      return onPaste(known(own), active.row);
    }
    if (isOne) return pasteOne(text);
    const paste = taken(text, { columns: columns.map(pasteColumn), column: active.column, today, message });
    onPaste(paste, active.row);
  };
  const pasteOne = (text: string) => {
    if (!column) return;
    if (column.shape.kind === "link") return enter(text.trim());
    const reading = readCell(column.shape, text, today);
    const value = reading.isRead ? reading.value : text.trim();
    lines.fill(
      cellsOf(block)
        .flat()
        .map((one) => ({ row: one.row, column: one.column.key, value })),
    );
  };
  const known = (own: NonNullable<typeof copied>["cells"]): Paste => ({
    where: "over",
    unused: [],
    columns: (own[0] ?? []).map((_, at) => columns[active.column + at]?.key ?? ""),
    rows: own.map((line) => ({
      source: "",
      cells: Object.fromEntries(
        line.flatMap((one, at) => {
          const to = columns[active.column + at];
          return to?.field ? [[to.key, { text: "", value: one.value ?? null }]] : [];
        }),
      ),
    })),
  });

  // Pointer

  const placeOf = (target: EventTarget): { row: number; column: number | null } | null => {
    const cell = (target as HTMLElement).closest<HTMLElement>("[data-row]");
    if (!cell) return null;
    const at = cell.dataset.column;
    return { row: Number(cell.dataset.row), column: at === undefined ? null : Number(at) };
  };
  const onMouseDown = (event: MouseEvent) => {
    const target = event.target as HTMLElement;
    const place = placeOf(target);
    if (event.button !== 0 || !place || target.closest("a, button, .lines-boxed")) return;
    if (place.column === null) {
      event.preventDefault();
      goTo({ row: place.row, column: 0 });
      setExtent({ row: place.row, column: size.columns - 1 });
      return;
    }
    const to = { row: place.row, column: place.column };
    if (to.row === active.row && to.column === active.column && !event.shiftKey && !extent) {
      const hadFocus = scroller.current?.contains(document.activeElement) ?? false;
      // In its text the pointer places the cursor; anywhere else in the cell the editor keeps the focus.
      if (target !== input.current || !hadFocus) event.preventDefault();
      wantsFocus.current = document.activeElement !== input.current;
      if (!hadFocus) setActive({ ...active });
      // Once more on the cell that is active already: change what stands there.
      else if (draft === null) begin();
      return;
    }
    event.preventDefault();
    isDragging.current = true;
    goTo(to, event.shiftKey);
    const isBox = target.closest(".lines-box") && columns[to.column]?.shape.kind === "flag";
    const at = lines.shown[to.row];
    if (isBox && at && mayType(to))
      lines.set(at, columns[to.column]?.key ?? "", at[columns[to.column]?.key ?? ""] !== true);
  };
  const onMouseOver = (event: MouseEvent) => {
    if (event.buttons !== 1) isDragging.current = false;
    const place = isDragging.current ? placeOf(event.target) : null;
    if (place && place.column !== null) setExtent({ row: place.row, column: place.column });
  };
  const onClick = (event: MouseEvent) => {
    const target = event.target as HTMLElement;
    const gone = target.closest<HTMLElement>("[data-remove]")?.dataset.remove;
    if (gone !== undefined) removeRows(Number(gone), Number(gone));
    else if (target.closest("[data-why]") && column?.field && row) onWhy?.(column.field, row);
  };
  const onFocus = (event: React.FocusEvent) => {
    const place = placeOf(event.target);
    if (!place || place.column === null || (place.row === active.row && place.column === active.column)) return;
    goTo({ row: place.row, column: place.column });
  };
  const onBlur = (event: React.FocusEvent) => {
    const to = event.relatedTarget as HTMLElement | null;
    if (event.currentTarget.contains(to) || to?.closest(".ant-picker-dropdown, .ant-select-dropdown")) return;
    finish();
    setExtent(null);
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
    const isTaken = handle.current?.key(pressed) || acts(pressed);
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
  const describedBy = told ? statusId : undefined;
  const editor = (): ReactNode => {
    if (!column || !row || !mayType(active)) return null;
    const { shape, key } = column;
    const common = { label, describedBy, isWrong: told !== null };
    if (PICKED.has(shape.kind)) {
      const Editor = shape.kind === "link" ? LinkEditor : ChoiceEditor;
      return (
        <Editor
          key={`${row.key} ${key}`}
          {...common}
          {...{ shape, text, input, handle, isOpen }}
          words={draft}
          onWords={enter}
          onOpen={() => setOpen(true)}
          held={held}
          onWait={() => {
            isReplaying.current = false;
          }}
          onPick={(value, step, isLate) => {
            if (isLate) isReplaying.current = true;
            write(null);
            setOpen(false);
            const isSame = isLinked(value) && isLinked(row[key]) && row[key].id === value.id;
            if (!isSame && (value ?? null) !== (row[key] ?? null)) lines.set(row, key, value);
            wantsFocus.current = step !== 0 || document.activeElement === input.current;
            if (step !== 0) goOn(step);
          }}
          onCreate={(sought) => {
            const form = shape.to ?? "";
            cancel();
            onCreate({ form, words: sought, use: (value) => lines.set(row, key, value) });
          }}
        />
      );
    }
    if (shape.kind === "flag") {
      return (
        <span
          role="checkbox"
          aria-checked={row[key] === true}
          aria-label={label}
          aria-describedby={describedBy}
          tabIndex={0}
          className={row[key] === true ? "lines-box is-on" : "lines-box"}
        />
      );
    }
    if (BOXED.has(shape.kind)) {
      if (!isOpen) return null;
      return (
        <div className="lines-boxed">
          <FieldEditor
            shape={shape}
            value={row[key]}
            label={label}
            status={told ? "error" : undefined}
            autoFocus
            onChange={(value) => lines.set(row, key, value)}
          />
        </div>
      );
    }
    return (
      <input
        key={`${row.key} ${key}`}
        ref={input}
        className="lines-input"
        aria-label={label}
        aria-invalid={told !== null}
        aria-describedby={describedBy}
        inputMode={column.isFigure ? "decimal" : "text"}
        autoComplete="off"
        spellCheck={false}
        value={draft ?? text}
        onChange={(event) => enter(event.target.value)}
      />
    );
  };

  const template = ["44px", ...columns.map((one) => `${one.width}px`), ...(readOnly ? [] : ["40px"])].join(" ");
  const hasSums = columns.some(isSummed);
  const { now } = lines;
  const sums = useMemo(
    () => new Map(now.length === 0 ? [] : columns.filter(isSummed).map((one) => [one.key, sumOf(now, one.key)])),
    [now, columns],
  );
  const edge = (event: PointerEvent, one: Column) => {
    const begins = event.clientX;
    const target = event.currentTarget as HTMLElement;
    target.setPointerCapture(event.pointerId);
    const drag = (moved: globalThis.PointerEvent) =>
      onWidth(one.key, Math.max(NARROWEST, Math.min(WIDEST, one.width + moved.clientX - begins)));
    target.addEventListener("pointermove", drag);
    target.addEventListener("lostpointercapture", () => target.removeEventListener("pointermove", drag), {
      once: true,
    });
    event.preventDefault();
  };
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
        onMouseDown={onMouseDown}
        onMouseOver={onMouseOver}
        onClick={onClick}
        onFocus={onFocus}
        onBlur={onBlur}
      >
        <div role="row" aria-rowindex={1} className="lines-row lines-head">
          <div role="columnheader" className="lines-cell lines-place" aria-label={t("place")}>
            #
          </div>
          {columns.map((one, at) => (
            <div
              key={one.key}
              role="columnheader"
              aria-colindex={at + 2}
              className={[
                "lines-cell",
                one.isFigure ? "is-figure" : "",
                at === 0 ? "is-stuck" : "",
                one.field ? "" : "is-beside",
              ].join(" ")}
              title={one.field?.help ?? one.label}
            >
              <span className="lines-label">{one.label}</span>
              <span className="lines-edge" onPointerDown={(event) => edge(event, one)} />
            </div>
          ))}
          {!readOnly && <div role="columnheader" aria-label={t("common:delete")} className="lines-cell lines-end" />}
        </div>
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
                active={isHere ? active.column : -1}
                left={isIn && extent ? block.left : -1}
                right={isIn && extent ? block.right : -2}
                editor={isHere ? editor() : null}
                readOnly={readOnly}
                isSpare={!readOnly && item.index === rows.length - 1}
                flash={flash?.key === one.key ? flash.times : 0}
                onWhy={Boolean(onWhy) && one.id !== undefined}
              />
            );
          })}
        </div>
        {hasSums && (
          <div role="row" aria-rowindex={rows.length + 2} className="lines-row lines-sums">
            <div role="rowheader" className="lines-cell lines-place" aria-label={t("sums")}>
              Σ
            </div>
            {columns.map((one, at) => {
              const sum = sums.get(one.key) ?? null;
              const names = ["lines-cell", one.isFigure ? "is-figure" : "", at === 0 ? "is-stuck" : ""];
              return (
                <div key={one.key} role="gridcell" aria-colindex={at + 2} className={names.join(" ")}>
                  {sum !== null && (
                    <span className={isNegative(sum) ? "lines-text negative" : "lines-text"}>
                      {sumText(one.shape.kind, sum)}
                    </span>
                  )}
                </div>
              );
            })}
            {!readOnly && <div role="gridcell" className="lines-cell lines-end" />}
          </div>
        )}
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

export function pasteColumn(column: Column): PasteColumn {
  const isTyped = Boolean(column.field?.typed && !column.field.read_only);
  return { key: column.key, label: column.label, shape: column.shape, isTyped };
}

/** Whether what was copied from one column can go into another as it is. */
function fits(from: Column, to: Column | undefined): boolean {
  if (!to) return false;
  if (from.key === to.key) return true;
  return from.shape.kind === to.shape.kind && from.shape.to === to.shape.to && from.shape.kind !== "choice";
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
