import { describe, expect, it } from "vitest";
import type { Heading, ReportDescription, ReportPage } from "@/api/types";
import { accountBehind, behind, rowsBehind } from "./behind";

const PLACE: Heading = { key: "parent.place", label: "Place", kind: "link", to: "place", is_key: true };
const MONTH: Heading = { key: "on:month", label: "Month", kind: "month", is_key: true };
const FLAG: Heading = { key: "urgent", label: "Urgent", kind: "flag", is_key: true };
const NOTE: Heading = { key: "note", label: "Note", kind: "text" };
const PIECES: Heading = { key: "pieces", label: "Pieces", kind: "quantity", measure: true };
const described = { report: "things", source: "records", of: "thing.rows", keys: 3 } as ReportDescription;
const page = {
  report: "things",
  columns: [PLACE, MONTH, FLAG, NOTE, PIECES],
  parameters: { from: "2026-01-01", to: null },
} as unknown as ReportPage;

describe("the question behind a figure of records", () => {
  it("names the keys of the row as the page shows them, and nothing else of it", () => {
    const row = {
      id: 0,
      "parent.place": { id: 7, title: "A" },
      "on:month": "2026-01-01",
      urgent: false,
      note: "x",
      pieces: "3",
    };
    expect(rowsBehind(page, PIECES, row)).toEqual({
      report: "things",
      column: "pieces",
      at: { "parent.place": 7, "on:month": "2026-01-01", urgent: false },
      parameters: { from: "2026-01-01", to: null },
    });
  });

  it("says that a key is blank, which is another group than none", () => {
    const row = { id: 0, "parent.place": null, "on:month": null, urgent: null, pieces: "3" };
    expect(rowsBehind(page, PIECES, row).at).toEqual({
      "parent.place": null,
      "on:month": null,
      urgent: null,
    });
  });

  it("sums over everything at the foot", () => {
    expect(rowsBehind(page, PIECES, null).at).toEqual({});
  });

  it("is asked as the page is grouped, for the value that a column stands for", () => {
    const across: Heading = { ...PIECES, key: "pieces@1", of: "pieces", pivot: "b" };
    const grouping = ["parent.place", "sort"];
    const pivoted = { ...page, columns: [PLACE, across, PIECES], pivot: { key: "sort", more: 0 }, grouping };
    const row = { id: 0, "parent.place": { id: 7, title: "A" } };
    expect(behind(described, pivoted, across, row)).toMatchObject({
      column: "pieces",
      at: { "parent.place": 7, sort: "b" },
      rows: grouping,
    });
    expect(behind(described, pivoted, PIECES, row)).toMatchObject({ at: { "parent.place": 7 } });
  });

  it("is none behind a share, what was before, or figures that are made of others", () => {
    const row = { id: 0, "parent.place": { id: 7, title: "A" } };
    for (const key of ["pieces.share", "pieces.running", "pieces.before", "pieces.change"])
      expect(behind(described, page, { ...PIECES, key }, row)).toBeNull();
    expect(behind({ ...described, source: "metrics" }, page, PIECES, row)).toBeNull();
    expect(behind({ ...described, source: "positions" }, page, PIECES, null)).toBeNull();
    expect(behind({ ...described, keys: 0 }, page, PIECES, null)).toBeNull();
  });
});

describe("the question behind a figure of an account", () => {
  const report = {
    ...described,
    source: "balances",
    of: "held",
    keys: 1,
    tenses: { before: "opening", came: "moved", left: "closing" },
  } as ReportDescription;
  const march = { ...page, days: { first: "2026-03-01", last: "2026-03-31" } } as ReportPage;
  const row = { id: 0, "parent.place": { id: 7, title: "A" }, pieces: "3" };
  const asked = (key: string) => accountBehind(report, march, { ...PIECES, key }, row);

  it("is of the days that the column is of", () => {
    const of = { account: "held", at: { "parent.place": 7 } };
    expect(asked("before")).toEqual({ ...of, since: null, until: "2026-02-28" });
    expect(asked("came")).toEqual({ ...of, since: "2026-03-01", until: "2026-03-31" });
    expect(asked("left")).toEqual({ ...of, since: null, until: "2026-03-31" });
  });

  it("is of the book as the report read it", () => {
    const known_at = "2026-04-02T10:00:00+08:00";
    const read = accountBehind(report, { ...march, known_at } as ReportPage, { ...PIECES, key: "left" }, row);
    expect(read).toMatchObject({ until: "2026-03-31", known_at });
  });

  it("is of now where the report is", () => {
    expect(accountBehind(report, { ...page, days: null } as ReportPage, PIECES, row)).toMatchObject({ until: null });
  });
});
