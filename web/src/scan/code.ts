/** Codes as guns and cameras give them: cleaned, counted, and told apart from what a hand types. Pure. */

/** `3*6901234567892`: how many, and which; one where no number stands before it. */
export interface Scanned {
  code: string;
  times: string;
}

/** Separators that guns put around and between parts of a code (STX, ETX, CR, LF, GS) say nothing to a look-up. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly what is taken out
const CONTROL = /[\u0000-\u001f\u007f\u200b\ufeff]/g;
const TIMES = /^(\d{1,6}(?:\.\d{1,6})?)\s*[*×xX]\s*(\S.*)$/;

export function scanned(text: string): Scanned | null {
  const clean = text.normalize("NFKC").replace(CONTROL, "").trim();
  const counted = TIMES.exec(clean);
  if (counted) return { times: counted[1] ?? "1", code: (counted[2] ?? "").trim() };
  return clean === "" ? null : { times: "1", code: clean };
}

/** Keys of a gun follow each other faster than those of any hand. */
const HAND_MS = 35;
const SHORTEST = 4;

/** Recognises a gun by its speed: a burst of keys and an Enter at its end. */
export class Burst {
  private text = "";
  private last = 0;

  /** One key; the whole code when it was the Enter of a gun, null otherwise. */
  key(key: string, at: number): string | null {
    const isFast = at - this.last <= HAND_MS;
    this.last = at;
    if (key === "Enter" || key === "Tab") {
      const code = isFast && this.text.length >= SHORTEST ? this.text : null;
      this.text = "";
      return code;
    }
    if (key.length !== 1) return null;
    this.text = isFast ? this.text + key : key;
    return null;
  }
}
