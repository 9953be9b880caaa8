/** Patterns of RE2 as the browser matches them; what the browser would read otherwise is left to the server. */

const SYNTAX = new Set("\\^$.*+?()[]{}|/");
const CLASSES: Record<string, string> = { d: "0-9", w: "0-9A-Za-z_", s: "\\t\\n\\f\\r " };

/** A test of whole texts, or null if the pattern has something that browsers read differently. */
export function wholeMatch(pattern: string): ((text: string) => boolean) | null {
  const source = translated(pattern);
  if (source === null) return null;
  try {
    const regex = new RegExp(`^(?:${source})$`, "u");
    return (text) => regex.test(text);
  } catch {
    return null;
  }
}

function translated(pattern: string): string | null {
  let source = "";
  let isInClass = false;
  for (let at = 0; at < pattern.length; at++) {
    const letter = pattern[at] ?? "";
    if (letter === "\\") {
      const next = pattern[++at] ?? "";
      const written = escaped(next, isInClass);
      if (written === null) return null;
      source += written;
    } else if (isInClass) {
      // Named classes, and brackets or dashes that the two read differently.
      if (letter === "[" || letter === "&" || letter === "-") {
        if (letter !== "-" || pattern[at + 1] === "-") return null;
      }
      isInClass = letter !== "]";
      source += letter;
    } else if (letter === "[") {
      if (pattern[at + 1] === "]" || pattern.startsWith("^]", at + 1)) return null;
      isInClass = true;
      source += letter;
    } else if (letter === "(" && pattern[at + 1] === "?" && pattern[at + 2] !== ":") {
      return null;
    } else {
      source += letter === "." ? "[^\\n]" : letter;
    }
  }
  return isInClass ? null : source;
}

function escaped(letter: string, isInClass: boolean): string | null {
  const set = CLASSES[letter.toLowerCase()];
  if (set !== undefined) {
    if (letter === letter.toLowerCase()) return isInClass ? set : `[${set}]`;
    return isInClass ? null : `[^${set}]`;
  }
  if (letter === "-") return isInClass ? "\\-" : "-";
  if (SYNTAX.has(letter)) return `\\${letter}`;
  if ("tnrf".includes(letter) && letter !== "") return `\\${letter}`;
  return /^[^0-9A-Za-z]$/.test(letter) ? letter : null;
}
