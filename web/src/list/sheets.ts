/** The names of the sheets of a workbook, read in the browser, so that one can be chosen before anything is sent. */

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;
/** A list of sheets is short; anything longer is not one. */
const LONGEST = 1024 * 1024;

interface Entry {
  method: number;
  size: number;
  at: number;
}

/** Where a file lies in a zip; null if it is not there, or this is no zip. */
function find(view: DataView, name: string): Entry | null {
  let end = view.byteLength - 22;
  const least = Math.max(0, end - 65_536);
  while (end >= least && view.getUint32(end, true) !== END) end -= 1;
  if (end < least || end < 0) return null;
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  for (let n = 0; n < count && at + 46 <= view.byteLength && view.getUint32(at, true) === ENTRY; n += 1) {
    const length = view.getUint16(at + 28, true);
    const own = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + 46, length));
    if (own === name)
      return {
        method: view.getUint16(at + 10, true),
        size: view.getUint32(at + 20, true),
        at: view.getUint32(at + 42, true),
      };
    at += 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return null;
}

async function unpacked(view: DataView, entry: Entry): Promise<string> {
  const begins = entry.at + 30 + view.getUint16(entry.at + 26, true) + view.getUint16(entry.at + 28, true);
  const packed = new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset + begins, entry.size);
  if (entry.size > LONGEST) return "";
  if (entry.method === STORED) return new TextDecoder().decode(packed);
  if (entry.method !== DEFLATED) return "";
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (let part = await reader.read(); !part.done && text.length < LONGEST; part = await reader.read())
    text += decoder.decode(part.value, { stream: true });
  return text;
}

/** Names of the sheets that people see, in their order; empty for anything but a workbook of today. */
export async function sheetsOf(file: Blob): Promise<string[]> {
  try {
    const view = new DataView(await file.arrayBuffer());
    const entry = find(view, "xl/workbook.xml");
    if (!entry) return [];
    const tree = new DOMParser().parseFromString(await unpacked(view, entry), "application/xml");
    return [...tree.getElementsByTagName("*")]
      .filter((one) => one.localName === "sheet" && (one.getAttribute("state") ?? "visible") === "visible")
      .map((one) => one.getAttribute("name") ?? "")
      .filter(Boolean);
  } catch {
    // Whatever this is, the server says what is wrong with it.
    return [];
  }
}
