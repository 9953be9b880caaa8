/** Scan guns anywhere on the page: their bursts of keys go to the rows, whatever field had the focus. */
import { type RefObject, useEffect, useRef } from "react";
import { Burst, type Scanned, scanned } from "@/scan/code";
import { pressed } from "./scanning";

/** Keys of a gun follow each other faster than this. */
const HAND_MS = 35;

interface Taker {
  root: RefObject<HTMLElement | null>;
}

/** Whoever takes scans, in the order in which they came to the page: the first one does, unless another has the focus. */
const takers: Taker[] = [];

interface Hooks {
  onScan: (scanned: Scanned) => void;
  /** The field in the rows that the gun wrote into is put back to what it held; null: nobody had begun to type there. */
  onPutBack: (text: string | null) => void;
  /** What is being typed in the rows; null: nothing. */
  draft: () => string | null;
}

export function useGun(root: RefObject<HTMLElement | null>, isOn: boolean, hooks: Hooks): void {
  const latest = useRef(hooks);
  latest.current = hooks;
  useEffect(() => {
    if (!isOn) return undefined;
    const taker: Taker = { root };
    takers.push(taker);
    const burst = new Burst();
    let last = 0;
    let before: { field: HTMLInputElement | HTMLTextAreaElement | null; text: string; draft: string | null } | null =
      null;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !isFor(taker)) return;
      if (event.timeStamp - last > HAND_MS) {
        const field = fieldOf(document.activeElement);
        before = { field, text: field?.value ?? "", draft: latest.current.draft() };
      }
      last = event.timeStamp;
      const code = burst.key(pressed(event), event.timeStamp);
      const found = code === null ? null : scanned(code);
      if (!found) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (before?.field && root.current?.contains(before.field)) latest.current.onPutBack(before.draft);
      else if (before?.field) putBack(before.field, before.text);
      latest.current.onScan(found);
    };
    document.addEventListener("keydown", onKey, true);
    return () => {
      document.removeEventListener("keydown", onKey, true);
      takers.splice(takers.indexOf(taker), 1);
    };
  }, [root, isOn]);
}

/** In a dialog over the page a gun writes where the focus is. */
function isFor(taker: Taker): boolean {
  const focused = document.activeElement;
  if (focused?.closest(".ant-drawer, .ant-modal, [role=dialog]")) return false;
  const own = takers.find((one) => one.root.current?.contains(focused));
  return (own ?? takers[0]) === taker;
}

function fieldOf(element: Element | null): HTMLInputElement | HTMLTextAreaElement | null {
  return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element : null;
}

/** As if it had been typed back: whoever drew the field hears of it. */
function putBack(field: HTMLInputElement | HTMLTextAreaElement, text: string): void {
  const kind = field instanceof HTMLInputElement ? HTMLInputElement : HTMLTextAreaElement;
  Object.getOwnPropertyDescriptor(kind.prototype, "value")?.set?.call(field, text);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
