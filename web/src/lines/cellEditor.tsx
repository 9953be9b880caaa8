/** The one live editor, in the active cell: what a kind of value is typed with. */
// biome-ignore-all lint/a11y/useSemanticElements: a box among texts of a grid; the pattern of ARIA says the rest
import type { ReactNode, RefObject } from "react";
import type { Value } from "@/api/types";
import { FieldEditor } from "@/fields/FieldEditor";
import type { Hand } from "./hand";
import { ChoiceEditor, type EditorHandle, LinkEditor, type PickProps } from "./PickEditor";

export const PICKED = new Set(["link", "choice"]);
/** What has no room in a cell: it opens over it. */
export const BOXED = new Set(["choices", "tags", "instant", "long_text"]);
/** What is typed in its cell, and picked from a calendar over it. */
export const CALENDARS = new Set(["date", "month"]);

interface Given {
  hand: Hand;
  label: string;
  /** What the cell shows while nothing is typed. */
  text: string;
  draft: string | null;
  isWrong: boolean;
  describedBy: string | undefined;
  input: RefObject<HTMLInputElement | null>;
  handle: RefObject<EditorHandle | null>;
  held: RefObject<string[]>;
  onOpen: () => void;
  onWait: () => void;
  onPick: PickProps["onPick"];
  onCreate: PickProps["onCreate"];
  /** What was chosen over the cell. */
  onBoxed: (value: Value) => void;
}

/** Null where nothing may be typed, and where nothing is open over the cell. */
export function cellEditor(given: Given): ReactNode {
  const { hand, label, text, draft, isWrong, describedBy, input, handle, held } = given;
  const { onOpen, onWait, onPick, onCreate, onBoxed } = given;
  const { column, row, isOpen } = hand;
  if (!column || !row || !hand.mayType(hand.active)) return null;
  const { shape, key } = column;
  const common = { label, describedBy, isWrong };
  if (PICKED.has(shape.kind)) {
    const Editor = shape.kind === "link" ? LinkEditor : ChoiceEditor;
    return (
      <Editor
        key={`${row.key} ${key}`}
        {...common}
        {...{ shape, text, input, handle, isOpen }}
        words={draft}
        onWords={hand.enter}
        onOpen={onOpen}
        held={held}
        onWait={onWait}
        onPick={onPick}
        onCreate={onCreate}
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
  if (BOXED.has(shape.kind) || (CALENDARS.has(shape.kind) && isOpen)) {
    if (!isOpen) return null;
    return (
      <div className="lines-boxed">
        <FieldEditor
          shape={shape}
          value={row[key]}
          label={label}
          status={isWrong ? "error" : undefined}
          autoFocus
          isOpen={CALENDARS.has(shape.kind)}
          onChange={onBoxed}
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
      aria-invalid={isWrong}
      aria-describedby={describedBy}
      inputMode={column.isFigure ? "decimal" : "text"}
      autoComplete="off"
      spellCheck={false}
      value={draft ?? text}
      onChange={(event) => hand.enter(event.target.value)}
    />
  );
}
