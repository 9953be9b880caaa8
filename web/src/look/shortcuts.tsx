/** Keys that do something on the page in sight, in one registry: pages add theirs, and the key help shows them all. */
import { createContext, type ReactNode, use, useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import { createKeybindingsHandler } from "tinykeys";

export interface Shortcut {
  /** As tinykeys writes them: `$mod+K`, `Shift+?`, `g h`. */
  keys: string;
  label: string;
  /** Also while somebody types in a field; keys without a modifier never should. */
  whileTyping?: boolean;
}

interface Entry extends Shortcut {
  run: (event: KeyboardEvent) => void;
}

class Registry {
  private entries: Entry[] = [];
  private listeners = new Set<() => void>();
  private isMac = /Mac|iPhone|iPad/.test(navigator.platform);
  /** The same array until something changes, as React asks of a snapshot. */
  shown: readonly Shortcut[] = [];

  add(entry: Entry): () => void {
    this.change([...this.entries, entry]);
    return () => this.change(this.entries.filter((one) => one !== entry));
  }

  listen = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** What keys are called on this keyboard. */
  written = (keys: string): string =>
    keys
      .replace(/\+([a-z])$/, (_, key: string) => `+${key.toUpperCase()}`)
      .replaceAll("$mod", this.isMac ? "⌘" : "Ctrl")
      .replaceAll("+", this.isMac ? " " : "+")
      .replace("Shift+?", "?")
      .replace("Enter", "↵");

  /** The page in sight was added last: its keys come before those of the frame. */
  handler(): (event: KeyboardEvent) => void {
    const bindings: Record<string, (event: KeyboardEvent) => void> = {};
    for (const entry of this.entries) {
      bindings[entry.keys] = (event) => {
        if (event.isComposing || (isTyping(event) && !entry.whileTyping)) return;
        event.preventDefault();
        entry.run(event);
      };
    }
    // Whether somebody types is judged above, key by key.
    return createKeybindingsHandler(bindings, { ignore: () => false });
  }

  private change(entries: Entry[]): void {
    this.entries = entries;
    this.shown = entries;
    for (const listener of this.listeners) listener();
  }
}

function isTyping(event: KeyboardEvent): boolean {
  const target = event.target;
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

const Keys = createContext<Registry | null>(null);

function useRegistry(): Registry {
  const registry = use(Keys);
  if (!registry) throw new Error("shortcuts stand outside of Shortcuts");
  return registry;
}

export function Shortcuts({ children }: { children: ReactNode }) {
  const registry = useMemo(() => new Registry(), []);
  const shown = useSyncExternalStore(registry.listen, () => registry.shown);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another set of keys needs another handler
  useEffect(() => {
    const handler = registry.handler();
    window.addEventListener("keydown", handler);
    return () => window.removeEventListener("keydown", handler);
  }, [registry, shown]);
  return <Keys value={registry}>{children}</Keys>;
}

/** While the component is there, keys run something. */
export function useShortcut(shortcut: Shortcut & { disabled?: boolean }, run: (event: KeyboardEvent) => void): void {
  const registry = useRegistry();
  const latest = useRef(run);
  latest.current = run;
  const { keys, label, whileTyping = keys.includes("$mod"), disabled = false } = shortcut;
  useEffect(() => {
    if (disabled) return undefined;
    return registry.add({ keys, label, whileTyping, run: (event) => latest.current(event) });
  }, [registry, keys, label, whileTyping, disabled]);
}

/** How keys are written on this keyboard. */
export function useWritten(): (keys: string) => string {
  return useRegistry().written;
}

/** All keys of the page in sight. */
export function useShownShortcuts(): readonly Shortcut[] {
  const registry = useRegistry();
  return useSyncExternalStore(registry.listen, () => registry.shown);
}
