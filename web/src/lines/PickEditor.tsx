/** A cell whose value is picked: typed words narrow a list, Enter takes the first. Links are searched, choices are filtered. */
// biome-ignore-all lint/a11y/useSemanticElements: a list that follows a cell of a grid cannot be a select element
// biome-ignore-all lint/a11y/useFocusableInteractive: focus stays in the cell; the list says which option is active
import { PlusOutlined } from "@ant-design/icons";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import {
  type KeyboardEvent,
  type RefObject,
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useState,
} from "react";
import { createPortal } from "react-dom";
import { useTranslation } from "react-i18next";
import { formQuery, sessionQuery } from "@/api/queries";
import type { Value } from "@/api/types";
import { recent, remember } from "@/fields/recent";
import type { Shape } from "@/fields/shape";
import { secondLine, titleOf } from "@/fields/title";
import { exactFirst, isExact, searchQuery } from "./lookup";
import { plain } from "./reading";

/** What the grid asks of the editor in its active cell. */
export interface EditorHandle {
  /** Whether the editor has taken the key for itself. */
  key: (event: KeyboardEvent) => boolean;
  /** The cell is left: take what was typed if only one thing can be meant. */
  settle: () => void;
}

export interface PickOption {
  id: string;
  label: string;
  second?: string;
  value: Value;
}

interface Found {
  options: PickOption[];
  /** The options are those of the words, not of the words before. */
  isReady: boolean;
  /** The first option is exactly what was typed. */
  isExact: boolean;
}

export interface PickProps {
  shape: Shape;
  label: string;
  /** What the cell shows while nothing is typed. */
  text: string;
  words: string | null;
  isOpen: boolean;
  isWrong: boolean;
  describedBy: string | undefined;
  input: RefObject<HTMLInputElement | null>;
  handle: RefObject<EditorHandle | null>;
  onWords: (words: string) => void;
  onOpen: () => void;
  /** `step`: on to the next cell (1), back (-1) or nowhere (0). `isLate`: it was waited for, and keys were held meanwhile. */
  onPick: (value: Value, step: 1 | -1 | 0, isLate?: boolean) => void;
  /** The keys that came while an answer was waited for: they belong to where it leads. */
  held: RefObject<string[]>;
  onWait: () => void;
  onCreate?: ((words: string) => void) | undefined;
}

export function LinkEditor(props: PickProps) {
  const { shape, words, isOpen } = props;
  const session = useQuery(sessionQuery).data;
  const owner = `${session?.company?.id ?? 0}.${session?.user?.id ?? 0}`;
  const target = { form: shape.to ?? "", lines: shape.lines ?? null };
  // What an input method is composing: `z'c` looks for zc.
  const sought = plain(words ?? "").replaceAll("'", "");
  const described = useQuery({ ...formQuery(target.form), enabled: target.form !== "" && shape.mayOpen === true });
  // Before anything is typed the first page is fetched: the list is there as soon as somebody opens it.
  const found = useQuery({
    ...searchQuery(target, isOpen ? sought : ""),
    enabled: target.form !== "",
    placeholderData: keepPreviousData,
  });
  const page = found.data;
  const title = described.data?.title ?? null;
  const rows = page ? exactFirst(page, sought) : [];
  const options: PickOption[] = rows.map((row) => {
    const name = page ? titleOf(page, row, title) : "";
    return {
      id: String(row.id),
      label: name,
      second: page ? secondLine(page, row, title, 4) : "",
      value: { id: row.id, title: name },
    };
  });
  const lately = sought === "" && !target.lines ? recent(owner, target.form) : [];
  const byId = new Map(options.map((one) => [one.id, one]));
  const first = lately.map(
    (one) => byId.get(String(one.id)) ?? { id: String(one.id), label: one.title ?? `#${one.id}`, value: one },
  );
  const ids = new Set(first.map((one) => one.id));
  const all = [...first, ...options.filter((one) => !ids.has(one.id))];
  const pick: PickProps["onPick"] = (value, step, isLate) => {
    if (value && typeof value === "object" && "title" in value) remember(owner, target.form, value);
    props.onPick(value, step, isLate);
  };
  const top = rows[0];
  return (
    <Picker
      {...props}
      onPick={pick}
      found={{
        options: all,
        isReady: found.isSuccess && !found.isPlaceholderData,
        isExact: Boolean(page && top && isExact(page, top, sought)),
      }}
    />
  );
}

export function ChoiceEditor(props: PickProps) {
  const sought = plain(props.words ?? "").toLowerCase();
  const options = Object.entries(props.shape.options ?? {})
    .map(([code, label]) => ({ id: code, label, value: code }))
    .filter((one) => one.label.toLowerCase().includes(sought) || one.id.toLowerCase().startsWith(sought));
  const isExactly = options.some((one) => one.label.toLowerCase() === sought || one.id.toLowerCase() === sought);
  return <Picker {...props} found={{ options, isReady: true, isExact: isExactly }} />;
}

function Picker(props: PickProps & { found: Found }) {
  const { shape, label, text, words, isOpen, isWrong, describedBy, input, handle, found } = props;
  const { onWords, onOpen, onPick, onCreate, held, onWait } = props;
  const { t } = useTranslation("lines");
  const listId = useId();
  const [at, setAt] = useState(0);
  const [waitsFor, setWaitsFor] = useState<1 | -1 | null>(null);
  const { options, isReady } = found;
  const mayCreate = Boolean(onCreate) && shape.mayCreate === true && Boolean(words?.trim());
  const count = options.length + (mayCreate ? 1 : 0);
  const active = Math.min(at, count - 1);

  // biome-ignore lint/correctness/useExhaustiveDependencies: other words, the first option again
  useEffect(() => setAt(0), [words]);

  const take = (place: number, step: 1 | -1 | 0) => {
    const option = options[place];
    if (option) onPick(option.value, step);
    else if (mayCreate) onCreate?.((words ?? "").trim());
  };
  // Enter before the answer: taken as soon as it is there. What is typed until then is meant for the next cell.
  useEffect(() => {
    if (waitsFor === null || !isReady) return;
    setWaitsFor(null);
    if (options[0]) onPick(options[0].value, waitsFor, true);
    else held.current = [];
  }, [waitsFor, isReady, options, onPick, held]);

  useImperativeHandle(handle, () => ({
    key: (event) => {
      if (!isOpen) {
        const opens = event.key === "F7" || (event.altKey && event.key === "ArrowDown");
        if (opens) onOpen();
        return opens;
      }
      if (waitsFor !== null) {
        const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
        if (isPlain && (event.key.length === 1 || event.key === "Enter" || event.key === "Tab")) {
          held.current.push(event.key);
          return true;
        }
        // Any other key looks again at what is typed here.
        if (event.key !== "Shift") {
          held.current = [];
          setWaitsFor(null);
        }
      }
      switch (event.key) {
        case "ArrowDown":
          setAt(count === 0 ? 0 : (active + 1) % count);
          return true;
        case "ArrowUp":
          setAt(count === 0 ? 0 : (active - 1 + count) % count);
          return true;
        case "Enter":
        case "Tab": {
          if (event.ctrlKey || event.metaKey || event.altKey) return false;
          // Emptied: the cell is cleared, not filled with the first of all.
          if (words === "") {
            onPick(null, event.shiftKey ? -1 : 1);
            return true;
          }
          const step = event.shiftKey ? -1 : 1;
          if (isReady) take(active, step);
          else {
            onWait();
            setWaitsFor(step);
          }
          return true;
        }
        default:
          return event.key === "F7";
      }
    },
    settle: () => {
      if (!isOpen || words === null) return;
      if (words === "") onPick(null, 0);
      else if (isReady && (found.isExact || options.length === 1)) take(0, 0);
    },
  }));

  return (
    <>
      <input
        ref={input}
        className="lines-input"
        role="combobox"
        aria-expanded={isOpen}
        aria-controls={isOpen ? listId : undefined}
        aria-activedescendant={isOpen && count > 0 ? `${listId}-${active}` : undefined}
        aria-autocomplete="list"
        aria-label={label}
        aria-invalid={isWrong}
        aria-describedby={describedBy}
        autoComplete="off"
        spellCheck={false}
        value={words ?? text}
        onChange={(event) => onWords(event.target.value)}
      />
      {isOpen && (
        <List anchor={input} id={listId} label={label}>
          {options.map((one, place) => (
            <div
              key={one.id}
              id={`${listId}-${place}`}
              role="option"
              aria-selected={place === active}
              className="lines-option"
              ref={place === active ? (node) => node?.scrollIntoView?.({ block: "nearest" }) : undefined}
              onMouseDown={(event) => {
                event.preventDefault();
                take(place, 0);
              }}
            >
              <span>{one.label}</span>
              {one.second && <span className="lines-second">{one.second}</span>}
            </div>
          ))}
          {mayCreate && (
            <div
              id={`${listId}-${options.length}`}
              role="option"
              aria-selected={active === options.length}
              className="lines-option"
              onMouseDown={(event) => {
                event.preventDefault();
                onCreate?.((words ?? "").trim());
              }}
            >
              <span>
                <PlusOutlined aria-hidden="true" /> {t("fields:createNamed", { name: (words ?? "").trim() })}
              </span>
            </div>
          )}
          {options.length === 0 && (
            <div className="lines-none" role="presentation">
              {isReady ? t("fields:nothingFound") : t("common:loading")}
            </div>
          )}
        </List>
      )}
    </>
  );
}

interface ListProps {
  anchor: RefObject<HTMLInputElement | null>;
  id: string;
  label: string;
  children: React.ReactNode;
}

const TALLEST = 320;

/** Under the cell, or above it where there is more room; it goes with the cell when something scrolls. */
function List({ anchor, id, label, children }: ListProps) {
  const [place, setPlace] = useState<{ left: number; top?: number; bottom?: number; most: number } | null>(null);
  useLayoutEffect(() => {
    const lay = () => {
      const box = anchor.current?.getBoundingClientRect();
      if (!box) return;
      const below = window.innerHeight - box.bottom - 12;
      const left = Math.max(8, Math.min(box.left - 1, window.innerWidth - 380));
      if (below >= Math.min(TALLEST, 200) || below >= box.top) {
        setPlace({ left, top: box.bottom + 4, most: Math.min(TALLEST, below) });
      } else setPlace({ left, bottom: window.innerHeight - box.top + 4, most: Math.min(TALLEST, box.top - 12) });
    };
    lay();
    window.addEventListener("scroll", lay, true);
    window.addEventListener("resize", lay);
    return () => {
      window.removeEventListener("scroll", lay, true);
      window.removeEventListener("resize", lay);
    };
  }, [anchor]);
  return createPortal(
    <div
      id={id}
      role="listbox"
      aria-label={label}
      className="lines-list"
      style={
        place ? { left: place.left, top: place.top, bottom: place.bottom, maxHeight: place.most } : { left: -9999 }
      }
    >
      {children}
    </div>,
    document.body,
  );
}
