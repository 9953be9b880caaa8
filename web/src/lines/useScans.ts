/** Scans into rows: looked up in the order in which they came, counted in, or kept in sight as unknown. */
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import type { Field } from "@/api/types";
import type { Scanned } from "@/scan/code";
import { answer } from "@/scan/Scanner";
import { byCode, targetOf } from "./lookup";
import { counted, ScanQueue } from "./scanning";
import type { Lines } from "./useLines";

export interface Missed extends Scanned {
  id: number;
  /** Nobody could be asked: try again. */
  isUnasked: boolean;
}

export interface Scans {
  push: (scanned: Scanned) => void;
  again: (missed: Missed) => void;
  forget: (id: number | null) => void;
  missed: readonly Missed[];
  waiting: number;
  /** The row that was counted last, and how many scans there were until then. */
  flash: { key: string; row: number; times: number } | null;
  /** What was scanned last, in words. */
  said: string;
}

export function useScans(lines: Lines, columns: { link: Field; count: Field | null } | null): Scans {
  const queries = useQueryClient();
  const [missed, setMissed] = useState<Missed[]>([]);
  const [waiting, setWaiting] = useState(0);
  const [flash, setFlash] = useState<Scans["flash"]>(null);
  const [said, setSaid] = useState("");
  const times = useRef(0);
  const names = useRef(columns);
  names.current = columns;
  const queue = useMemo(
    () =>
      new ScanQueue({
        find: async (code) => {
          const target = names.current && targetOf(names.current.link);
          return target ? byCode(queries, target, code) : null;
        },
        found: (scanned, what) => {
          if (!names.current) return;
          const { link, count } = names.current;
          const own = { link: link.name, count: count?.name ?? null };
          const { change, row } = counted(lines.now, own, what, scanned.times, lines.before);
          lines.act([change]);
          times.current += 1;
          const key = lines.now[row]?.key ?? "";
          setFlash({ key, row, times: times.current });
          setSaid(`${what.title ?? scanned.code} ${count ? (lines.now[row]?.[count.name] ?? "") : ""}`);
          answer(true);
        },
        missed: (scanned, isUnasked) => {
          times.current += 1;
          const id = times.current;
          setMissed((now) => [...now, { ...scanned, id, isUnasked }]);
          answer(false);
        },
        waiting: setWaiting,
      }),
    [queries, lines],
  );
  const forget = (id: number | null) => setMissed((now) => (id === null ? [] : now.filter((one) => one.id !== id)));
  return {
    push: (scanned) => void queue.push(scanned),
    again: (one) => {
      forget(one.id);
      void queue.push({ code: one.code, times: one.times });
    },
    forget,
    missed,
    waiting,
    flash,
    said,
  };
}
