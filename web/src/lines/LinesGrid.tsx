/**
 * The rows of one kind of lines, to read and to type.
 *
 * The grid is controlled: `rows` are whole rows as they are to be shown (typed cells over computed ones), each with a
 * `key` that stays while the row lives. `onChange` takes all rows as they are now, in their order, with the keys they
 * had; a new row carries a key from `newRowKey()` and only the cells that somebody typed. A cell that became undefined
 * is not typed any more: its default holds again. Whoever mounts the grid finds out from that which cells were touched,
 * asks what the others become, and hands the result back in `rows`.
 * What a cell holds is what the API takes and gives, but links, which are `{id, title}`.
 */
import { CameraOutlined, PlusOutlined, QuestionCircleOutlined, SnippetsOutlined } from "@ant-design/icons";
import { Alert, Button, Drawer, Popover, Tooltip } from "antd";
import { lazy, memo, Suspense, useCallback, useId, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field, Form, Packs, Value, Values } from "@/api/types";
import { dayOf } from "@/look/figures";
import { useShortcut, useWritten } from "@/look/shortcuts";
import { useNarrow } from "@/look/useNarrow";
import { Scanner } from "@/scan/Scanner";
import { Cards } from "./Cards";
import { columnsOf, seenIn } from "./columns";
import { Grid, type GridHandle, isPlain } from "./Grid";
import { changesOf, type Paste, taken } from "./pasting";
import type { CellError, GridRow } from "./rows";
import { scanColumns } from "./scanning";
import { pasteColumn } from "./useClipboard";
import { useGun } from "./useGun";
import { useLines } from "./useLines";
import { useScans } from "./useScans";
import { useTelling } from "./useTelling";
import "./lines.css";

const QuickCreate = lazy(() => import("@/fields/QuickCreate"));
const PastePanel = lazy(() => import("./PastePanel").then((found) => ({ default: found.PastePanel })));

export interface LinesGridProps {
  form: Form;
  /** The field of kind `lines`; its columns are `field.fields`. */
  field: Field;
  rows: GridRow[];
  onChange: (rows: GridRow[]) => void;
  readOnly: boolean;
  /** Cells may be typed in, but rows neither come nor go. */
  rowsStay?: boolean;
  errors: CellError[];
  /** Figures beside each row by name, in the order of the rows: `{on_hand: {value: "12"}}`; may be shorter than the rows. */
  besides: Record<string, BesideFigure>[];
  /** The whole record as it is shown, for formulas that look above the row. */
  values: Values;
  /** Whether a column is to be seen, typed in, and must be filled in a row; decided by the conditions of its field. */
  stateOf: (column: Field, row: GridRow) => CellState;
  /** The units in which a quantity of a row is counted, where it is counted in several. */
  packsOf?: (column: Field, row: GridRow) => Packs | null;
  /** Whether somebody typed what stands in a cell: what nobody typed follows its default again when it is taken back. */
  isTyped?: (row: GridRow, column: string) => boolean;
  /** Opens a figure to what it is made of; absent where no row is stored yet. */
  onWhy?: (column: Field, row: GridRow) => void;
}

/** A figure beside a row, and the day it is of where it is not of now. */
export interface BesideFigure {
  value: Value;
  at?: string | null;
}

export interface CellState {
  visible: boolean;
  editable: boolean;
  required: boolean;
}

export default function LinesGrid(props: LinesGridProps) {
  const { form, field, rows, readOnly, errors, stateOf } = props;
  const mayAdd = !readOnly && !props.rowsStay;
  const { t } = useTranslation("lines");
  const narrow = useNarrow();
  const root = useRef<HTMLElement>(null);
  const grid = useRef<GridHandle>(null);
  const statusId = useId();
  const lines = useLines(props);
  const [widths, setWidths] = useState(() => keptWidths(form.form, field.name));
  const seen = seenIn(field, rows, stateOf);
  // The same columns as long as nothing about them changes: rows are then drawn anew for their own sake only.
  const beside = readOnly && props.besides.length === 0 ? undefined : form.beside;
  const columns = useMemo(() => columnsOf(field, beside, seen, widths), [field, beside, seen, widths]);
  const scannable = scanColumns(field.fields ?? []);
  const scanned = mayAdd ? scannable : null;
  const first = scannable?.link ?? null;
  const telling = { column: first?.name ?? "", words: useTelling(first, rows) };
  const scans = useScans(lines, scanned);
  const [pasting, setPasting] = useState<{ paste: Paste | null; row: number } | null>(null);
  const [creating, setCreating] = useState<{ form: string; words: string; use: (value: Value) => void } | null>(null);
  const [isScanning, setScanning] = useState(false);
  const [told, setTold] = useState<string | null>(null);
  const onTell = useCallback((text: string | null) => setTold(text), []);
  const today = dayOf(new Date());

  useGun(root, scanned !== null, {
    onScan: scans.push,
    draft: () => grid.current?.draft() ?? null,
    onPutBack: (text) => grid.current?.putBack(text),
  });
  useShortcut({ keys: "F8", label: t("nextWrong"), whileTyping: true, disabled: narrow || errors.length === 0 }, () =>
    grid.current?.nextWrong(),
  );

  const onWidth = useCallback(
    (key: string, width: number) =>
      setWidths((now) => {
        const next = { ...now, [key]: Math.round(width) };
        localStorage.setItem(widthsAt(form.form, field.name), JSON.stringify(next));
        return next;
      }),
    [form.form, field.name],
  );
  const message = scanned && {
    link: scanned.link.name,
    count: scanned.count?.name ?? null,
    units: (field.fields ?? [])
      .filter((one) => one.kind === "link" && one.typed && !one.read_only && one !== scanned.link && !one.link?.lines)
      .map((one) => one.name),
  };
  const take = (paste: Paste, row: number) => {
    lines.act(changesOf(paste, lines.now, row, lines.mayType, lines.before));
    grid.current?.focus({ row: paste.where === "over" ? row : lines.now.length - 1, column: 0 });
  };
  const onPaste = (paste: Paste, row: number) => {
    if (isPlain(paste)) take(paste, row);
    else setPasting({ paste, row });
  };

  const does = useMemo<FootActs>(
    () => ({
      add: () => grid.current?.addRow(),
      paste: () => setPasting({ paste: null, row: lines.now.length }),
      scan: () => setScanning(true),
      nextWrong: () => grid.current?.nextWrong(),
    }),
    [lines],
  );
  const isEmpty = rows.length === 0 && readOnly;
  return (
    <section className={narrow ? "lines narrow" : "lines"} aria-label={field.label} ref={root}>
      {isEmpty ? (
        <p className="soft lines-empty">{t("noRows")}</p>
      ) : narrow ? (
        <Cards given={props} lines={lines} columns={columns} flash={scans.flash} telling={telling} />
      ) : (
        <Grid
          ref={grid}
          given={props}
          flash={scans.flash}
          onCreate={setCreating}
          {...{ lines, columns, widths, onWidth, message, onPaste, telling, onTell, statusId }}
        />
      )}
      {scans.missed.length > 0 && (
        <Alert
          type="error"
          className="lines-missed"
          title={t("scan.missed", { count: scans.missed.length })}
          closable={{ onClose: () => scans.forget(null), "aria-label": t("common:close") }}
          description={
            <ul>
              {scans.missed.map((one) => (
                <li key={one.id}>
                  <b>{one.code}</b>
                  {one.times !== "1" && ` × ${one.times}`}
                  <span className="soft"> {one.isUnasked ? t("scan.unasked") : t("scan.unknown")}</span>
                  <Button size="small" type="link" onClick={() => scans.again(one)}>
                    {t("common:retry")}
                  </Button>
                  <Button size="small" type="link" onClick={() => scans.forget(one.id)}>
                    {t("scan.forget")}
                  </Button>
                </li>
              ))}
            </ul>
          }
        />
      )}
      <Foot
        narrow={narrow}
        readOnly={readOnly}
        mayAdd={mayAdd}
        pastes={message !== null}
        scans={scanned !== null && narrow}
        told={told}
        statusId={statusId}
        waiting={scans.waiting}
        wrong={errors.length}
        count={rows.length}
        does={does}
      />
      <div className="unseen" aria-live="assertive">
        {scans.said}
      </div>
      {pasting && (
        <Suspense>
          <PastePanel
            paste={pasting.paste}
            columns={columns.map(pasteColumn)}
            today={today}
            read={(text) => {
              const at = columns.findIndex((one) => one.key === message?.link);
              return taken(text, { columns: columns.map(pasteColumn), column: Math.max(0, at), today, message });
            }}
            onTake={(paste) => {
              take(paste, pasting.row);
              setPasting(null);
            }}
            onClose={() => setPasting(null)}
          />
        </Suspense>
      )}
      {creating && (
        <Suspense>
          <QuickCreate
            form={creating.form}
            words={creating.words}
            onMade={(made) => {
              creating.use(made);
              setCreating(null);
            }}
            onClose={() => setCreating(null)}
          />
        </Suspense>
      )}
      {isScanning && (
        <Drawer open placement="bottom" size="80%" title={t("scan.button")} onClose={() => setScanning(false)}>
          <Scanner onScan={scans.push} />
          <p aria-live="polite" className="lines-said">
            {scans.said}
          </p>
          {scans.missed.length > 0 && (
            <p className="negative">{t("scan.notKnown", { code: scans.missed.at(-1)?.code ?? "" })}</p>
          )}
        </Drawer>
      )}
    </section>
  );
}

interface FootActs {
  add: () => void;
  paste: () => void;
  scan: () => void;
  nextWrong: () => void;
}

interface FootProps {
  narrow: boolean;
  readOnly: boolean;
  mayAdd: boolean;
  pastes: boolean;
  scans: boolean;
  told: string | null;
  statusId: string;
  waiting: number;
  wrong: number;
  count: number;
  does: FootActs;
}

/** What can be done with the rows, and what is to be said of them. */
const Foot = memo(function Foot(props: FootProps) {
  const { narrow, readOnly, mayAdd, pastes, scans, told, statusId, waiting, wrong, count, does } = props;
  const { t } = useTranslation("lines");
  return (
    <div className="lines-foot">
      {mayAdd && !narrow && (
        <Tooltip title={t("addHint")}>
          <Button type="text" size="small" icon={<PlusOutlined aria-hidden="true" />} onClick={does.add}>
            {t("addRow")}
          </Button>
        </Tooltip>
      )}
      {pastes && (
        <Tooltip title={t("paste.hint")}>
          <Button
            type="text"
            size={narrow ? "large" : "small"}
            icon={<SnippetsOutlined aria-hidden="true" />}
            onClick={does.paste}
          >
            {t("paste.button")}
          </Button>
        </Tooltip>
      )}
      {scans && (
        <Button type="text" size="large" icon={<CameraOutlined aria-hidden="true" />} onClick={does.scan}>
          {t("scan.button")}
        </Button>
      )}
      <span className="lines-status" id={statusId} aria-live="polite">
        {told ? <span className="wrong">{told}</span> : null}
      </span>
      {waiting > 0 && <span className="soft">{t("scan.waiting", { count: waiting })}</span>}
      {wrong > 0 && !narrow && (
        <Button type="link" danger size="small" onClick={does.nextWrong}>
          {t("wrongCells", { count: wrong })} F8
        </Button>
      )}
      <span className="soft">{t("count", { count })}</span>
      {!readOnly && !narrow && <KeyHelp />}
    </div>
  );
});

const KEYS: readonly (readonly [string, string])[] = [
  ["Enter", "keys.enter"],
  ["Tab", "keys.tab"],
  ["F2", "keys.edit"],
  ["F7", "keys.list"],
  ["Esc", "keys.escape"],
  ["Insert", "keys.insert"],
  ["$mod+Delete", "keys.remove"],
  ["$mod+D", "keys.above"],
  ["Shift+↑↓←→", "keys.choose"],
  ["$mod+C  $mod+V", "keys.copy"],
  ["Delete", "keys.clear"],
  ["$mod+Z  $mod+Y", "keys.undo"],
  ["F8", "keys.wrong"],
];

/** The keys of the grid, for whoever has not learnt them yet. */
function KeyHelp() {
  const { t } = useTranslation("lines");
  const written = useWritten();
  const content = (
    <dl className="lines-keys">
      {KEYS.map(([keys, text]) => (
        <div key={keys}>
          <dt>
            <kbd>{written(keys)}</kbd>
          </dt>
          <dd>{t(text)}</dd>
        </div>
      ))}
    </dl>
  );
  return (
    <Popover content={content} trigger="click" placement="topRight">
      <Button
        type="text"
        size="small"
        icon={<QuestionCircleOutlined aria-hidden="true" />}
        aria-label={t("keys.title")}
      />
    </Popover>
  );
}

const widthsAt = (form: string, lines: string) => `onebook.widths.${form}.${lines}`;

function keptWidths(form: string, lines: string): Record<string, number> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(widthsAt(form, lines)) ?? "{}");
    const found = kept && typeof kept === "object" ? Object.entries(kept) : [];
    return Object.fromEntries(found.filter(([, width]) => typeof width === "number"));
  } catch {
    return {};
  }
}
