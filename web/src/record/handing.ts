/** What a page shows, handed to other programs: onto the clipboard, or as a file of its own. */

/** Whether it lies on the clipboard now. Pages that came over a plain connection have to ask in the old way. */
export async function copied(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not allowed to this page: the old way may be.
    }
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.style.position = "fixed";
  area.style.opacity = "0";
  document.body.append(area);
  area.select();
  const isDone = document.execCommand("copy");
  area.remove();
  return isDone;
}

const FIGURE = /^-?\d+(\.\d+)?$/;

/** Rows as spreadsheets open them; a text that they would take for a formula is only shown. */
export function csv(rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => {
    const shown = /^[=+\-@\t\r]/.test(text) && !FIGURE.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
  };
  return `\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

/** A file for whoever sits before the page. */
export function handed(text: string, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
