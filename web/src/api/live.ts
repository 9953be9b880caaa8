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

/** Listens for as long as the component is there. The browser connects anew by itself when the line breaks. */
export function useLive(): void {
  const queries = useQueryClient();
  useEffect(() => {
    const source = new EventSource("/api/live");
    const gathered = new Gathered(queries);
    let wasBroken = false;
    source.addEventListener("change", (event) => gathered.add(JSON.parse(event.data) as Changed));
    source.addEventListener("missed", () => void queries.invalidateQueries());
    source.addEventListener("notification", () => void queries.invalidateQueries({ queryKey: keys.notifications }));
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

  constructor(private readonly queries: QueryClient) {}

  add(changed: Changed): void {
    this.forms.add(changed.form);
    this.records.set(`${changed.form} ${changed.record}`, changed);
    this.timer ??= setTimeout(() => this.tell(), GATHER_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
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
    this.forms.clear();
    this.records.clear();
  }
}
