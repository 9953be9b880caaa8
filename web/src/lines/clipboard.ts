/** Tables as spreadsheets copy them, and lists as people write them in messages. Pure. */
import { scanned } from "@/scan/code";
import { plain } from "./reading";

/** Rows of cells out of tabs and line ends; cells with either stand in quotes. */
export function cellsIn(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? "";
    if (isQuoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (sign === '"' && cell === "") isQuoted = true;
    else if (sign === "\t") {
      row.push(cell);
      cell = "";
    } else if (sign === "\n" || sign === "\r") {
      if (sign === "\r" && text[at + 1] === "\n") at += 1;
      rows.push([...row, cell]);
      row = [];
      cell = "";
    } else cell += sign;
  }
  if (cell !== "" || row.length > 0) rows.push([...row, cell]);
  return rows;
}

/** Cells as spreadsheets read them. */
export function asTable(rows: readonly (readonly string[])[]): string {
  const quoted = (cell: string) => (/[\t\n\r"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return rows.map((row) => row.map(quoted).join("\t")).join("\n");
}

const bare = (text: string) =>
  plain(text)
    .replace(/[*:：\s]/g, "")
    .toLowerCase();

/** For each column of a table the key that its heading names (null: none); null if the row is no heading. */
export function headings(
  row: readonly string[],
  known: readonly { key: string; label: string }[],
): (string | null)[] | null {
  const byName = new Map<string, string>();
  for (const { key, label } of known) {
    if (!byName.has(bare(label))) byName.set(bare(label), key);
    byName.set(bare(key), key);
  }
  const found = row.map((cell) => byName.get(bare(cell)) ?? null);
  const named = row.filter((cell) => cell.trim() !== "").length;
  const hits = found.filter((one) => one !== null).length;
  return hits > 0 && hits * 2 >= named ? found : null;
}

/** A line of a message: what is meant, how many, and the unit that stands behind the number. */
export interface Said {
  words: string;
  times: string | null;
  unit: string | null;
}

const NUMBER = String.raw`(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)`;
const UNIT = String.raw`(\p{Script=Han}{1,2}|[a-zA-Z]{1,4})`;
const TIMES = new RegExp(String.raw`^(.*\S)\s*[x×*]\s*${NUMBER}\s*${UNIT}?$`, "iu");
const BEHIND = new RegExp(String.raw`^(.*?[^\s:：,，、-])\s*[\s:：,，、]\s*${NUMBER}\s*${UNIT}?$`, "u");
const CLOSE = new RegExp(String.raw`^(.*[^\d.,\s])${NUMBER}(\p{Script=Han}{1,2})$`, "u");
const BEFORE = new RegExp(String.raw`^${NUMBER}\s*(\p{Script=Han})\s*(\S.+)$`, "u");
/** `2箱3个`, written together so that it is no size: `12mm 20个` is twenty of something. */
const MIXED =
  /^(.*?(?:[^\s:：,，、-][\s:：,，、x×*]+|[^\d.,\s]))((?:\d+(?:\.\d+)?\p{Script=Han}{1,2})+\d+(?:\.\d+)?\p{Script=Han}{0,2})$/iu;
/** `1.`, `2、`, `③`, `-`, `•` before a line only count it. */
const BULLET = /^(?:\d{1,3}[.、)]\s+|\d{1,3}[、)]\s*|[-•·]\s+)/;

/** What a line of a message says; null if it says nothing. */
export function saidIn(line: string): Said | null {
  const text = plain(line)
    .replace(BULLET, "")
    .replace(/[。;；,，]$/, "")
    .trim();
  if (text === "") return null;
  const said = (words = "", times: string | null = null, unit: string | null = null): Said => ({
    words: words.trim(),
    times: times === null ? null : times.replaceAll(",", ""),
    unit: unit || null,
  });
  // `12*6901234567892` counts a code, `6204x20` does not.
  const counted = scanned(text);
  if (counted && counted.code !== text && !/^\d{1,5}$/.test(counted.code)) return said(counted.code, counted.times);
  const mixed = MIXED.exec(text);
  if (mixed) return said(mixed[1]?.replace(/[\s:：,，、x×*]+$/i, ""), mixed[2]);
  const behind = TIMES.exec(text) ?? BEHIND.exec(text) ?? CLOSE.exec(text);
  if (behind) return said(behind[1], behind[2], behind[3]);
  const before = BEFORE.exec(text);
  return before ? said(before[3], before[1], before[2]) : said(text);
}

/** The lines of a message that say something. */
export function messageIn(text: string): Said[] {
  return text.split(/\r\n|\r|\n/).flatMap((line) => saidIn(line) ?? []);
}
