/** How wide the reader wants the columns of a form's list: remembered on this machine. */
import { useState } from "react";
import { NARROWEST, WIDEST } from "./columns";

type Widths = Record<string, number>;

const place = (form: string) => `onebook.widths.${form}`;

function read(form: string): Widths {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place(form)) ?? "{}");
    if (typeof kept !== "object" || kept === null) return {};
    return Object.fromEntries(Object.entries(kept).filter((one): one is [string, number] => Number.isInteger(one[1])));
  } catch {
    return {};
  }
}

export function useWidths(form: string): [Widths, (key: string, width: number) => void, (widths: Widths) => void] {
  const [widths, setWidths] = useState(() => read(form));
  const keep = (next: Widths) => {
    localStorage.setItem(place(form), JSON.stringify(next));
    setWidths(next);
  };
  const set = (key: string, width: number) =>
    keep({ ...widths, [key]: Math.round(Math.max(NARROWEST, Math.min(WIDEST, width))) });
  return [widths, set, (given) => keep({ ...widths, ...given })];
}
