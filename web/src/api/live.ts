/** What others do while I look: the server tells, and what is in sight is asked for again. */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { keys } from "./queries";

interface Changed {
  form: string;
  /** null: many at once, from an import. */
  record: number | null;
}

/** Many changes at once (an import, say) are one reason to ask again. */
const GATHER_MS = 400;
/** Figures are sums over many records: while others work on, they are asked for again only so often. */
const FIGURES_MS = 5_000;

declare module "@tanstack/react-query" {
  interface Register {
    /** Figures are of records of these forms, and move with them. */
    queryMeta: { figuresOf?: readonly string[] | "anything" };
  }
}

/** Listens for as long as the component is there. The browser connects anew by itself when the line breaks. */
export function useLive(): void {
  const queries = useQueryClient();
  useEffect(() => {
    const source = new EventSource("/api/live");
    const gathered = new Gathered(queries);
    let wasBroken = false;
    source.addEventListener("change", (event) => gathered.add(JSON.parse(event.data) as Changed));
    source.addEventListener("missed", () => void queries.invalidateQueries());
    source.addEventListener("notification", () => {
      void queries.invalidateQueries({ queryKey: keys.notifications });
      void queries.invalidateQueries({ queryKey: keys.flows });
    });
    source.addEventListener("open", () => {
      // What happened while nobody listened is not told again.
      if (wasBroken) void queries.invalidateQueries();
      wasBroken = false;
    });
    source.addEventListener("error", () => {
      wasBroken = true;
    });
    return () => {
      source.close();
      gathered.stop();
    };
  }, [queries]);
}

class Gathered {
  private forms = new Set<string>();
  private records = new Map<string, Changed>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private moved = new Set<string>();
  private figures: ReturnType<typeof setTimeout> | undefined;
  private toldAt = 0;

  constructor(private readonly queries: QueryClient) {}

  add(changed: Changed): void {
    this.forms.add(changed.form);
    this.records.set(`${changed.form} ${changed.record}`, changed);
    this.moved.add(changed.form);
    this.timer ??= setTimeout(() => this.tell(), GATHER_MS);
    this.figures ??= setTimeout(() => this.tellFigures(), Math.max(GATHER_MS, this.toldAt + FIGURES_MS - Date.now()));
  }

  stop(): void {
    clearTimeout(this.timer);
    clearTimeout(this.figures);
  }

  private tellFigures(): void {
    const { moved } = this;
    this.moved = new Set();
    this.figures = undefined;
    this.toldAt = Date.now();
    void this.queries.invalidateQueries({
      predicate: ({ meta }) => {
        const of = meta?.figuresOf;
        return of === "anything" || (of?.some((form) => moved.has(form)) ?? false);
      },
    });
  }

  private tell(): void {
    this.timer = undefined;
    for (const form of this.forms) void this.queries.invalidateQueries({ queryKey: keys.lists(form) });
    for (const one of this.records.values()) {
      const queryKey = one.record === null ? ["record", one.form] : keys.record(one.form, one.record);
      void this.queries.invalidateQueries({ queryKey });
    }
    void this.queries.invalidateQueries({ queryKey: keys.home });
    void this.queries.invalidateQueries({ queryKey: keys.activity });
    void this.queries.invalidateQueries({ queryKey: keys.flows });
    this.forms.clear();
    this.records.clear();
  }
}
