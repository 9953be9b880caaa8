/** The list of a form that is known: title, ways to look at it, conditions, rows, and what can be done with them. */
import { AppstoreOutlined, CheckSquareOutlined, FilterOutlined, GroupOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Badge, Button, Dropdown, Popover, Skeleton, Tooltip } from "antd";
import { lazy, type ReactNode, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useSearchParams } from "react-router";
import type { Query } from "@/api/client";
import { keys, listQuery } from "@/api/queries";
import type { Form, ListRow } from "@/api/types";
import { SILENT, shown as shownText } from "@/fields/shown";
import { grouped } from "@/look/figures";
import { useLook } from "@/look/Look";
import { useMessage } from "@/look/messages";
import { ProblemNote } from "@/look/ProblemNote";
import { useShortcut } from "@/look/shortcuts";
import { useNarrow } from "@/look/useNarrow";
import { type Asked, NOTHING, nextSort, readAddress, selection, writeAddress } from "./address";
import { BulkBar } from "./BulkBar";
import { inBulk } from "./bulk";
import { Cards } from "./Cards";
import {
  chosen as chosenColumns,
  columnsOf,
  columnsOfBin,
  fittedWidth,
  groupings,
  reordered,
  type SystemWords,
  titleColumn,
  usualWidth,
} from "./columns";
import { type Part, settled } from "./condition";
import { Empty, Slow } from "./Empty";
import { Filters } from "./Filters";
import { Grid } from "./Grid";
import type { KeptView } from "./keptViews";
import { ListMenu } from "./ListMenu";
import { type Picked, usePicking } from "./picking";
import { Search } from "./Search";
import { useCount } from "./useCount";
import { usePages } from "./usePages";
import { useWidths } from "./useWidths";
import { Views, wholeOf } from "./Views";

const Board = lazy(() => import("./Board"));
const Calendar = lazy(() => import("./Calendar"));
const Groups = lazy(() => import("./Groups"));
const ColumnPanel = lazy(() => import("./ColumnPanel"));
const FilterDrawer = lazy(() => import("./FilterDrawer"));

/** How much wider large type is than normal type. */
const LARGE = 17 / 14;

export function FormList({ form, kept }: { form: Form; kept: KeptView[] }) {
  const { t } = useTranslation("list");
  const message = useMessage();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const isNarrow = useNarrow();
  const [address, setAddress] = useSearchParams();
  const asked = useMemo(() => readAddress(address), [address]);
  const ask = (change: Partial<Asked>, replace = false) =>
    setAddress(writeAddress({ ...asked, ...change }), { replace });

  const current = kept.find((one) => String(one.id) === asked.view);
  const declared = form.views ?? [];
  const view = declared.find((one) => one.name === (current ? current.settings.view : asked.view));
  const isTable = view === undefined || asked.bin;

  const words = useMemo<SystemWords>(
    () => ({
      number: t("system.number"),
      state: t("system.state"),
      created_at: t("system.created_at"),
      created_by: t("system.created_by"),
      updated_at: t("system.updated_at"),
      updated_by: t("system.updated_by"),
    }),
    [t],
  );
  const known = useMemo(() => columnsOf(form, words), [form, words]);
  const kindOf = (key: string) => known.find((one) => one.key === key)?.shape.kind;
  const where: Part[] = settled(asked.where, kindOf, new Date());
  const rowsAsked = selection(asked, where);
  const inSight = chosenColumns(known, form, asked.columns);
  const keysInSight = inSight.map((one) => one.key);
  const extra = asked.bin ? ["deleted_at", "deleted_by"] : [...(form.states.length > 0 ? ["state"] : []), "version"];
  const question: Query = {
    ...rowsAsked,
    sort: asked.bin && !asked.sort ? "-deleted_at" : asked.sort?.join(","),
    columns: [...new Set([...keysInSight, ...extra])].join(","),
  };
  const path = asked.bin ? `${form.form}/bin` : form.form;
  const totals = useQuery({
    ...listQuery(path, { ...rowsAsked, columns: keysInSight.join(","), limit: 1, sums: true }),
    enabled: isTable && !isNarrow && !asked.group,
  });
  const count = useCount(form.form, path, rowsAsked);
  const rows = usePages(form.form, path, question, count && !count.more ? count.value : null);
  // What a column of the server's is, its head says; keys that no field has are known from there only.
  const all = useMemo(() => columnsOf(form, words, rows.headings), [form, words, rows.headings]);
  const deleted = asked.bin && rows.headings ? columnsOfBin(rows.headings) : [];
  const columns = [...chosenColumns(all, form, asked.columns), ...deleted];
  const titleKey = titleColumn(form, columns);

  // Measured on the first rows that a column is seen with, and kept: widths must not change under the reader's eyes.
  const fitted = useRef<Record<string, number>>({});
  if (!rows.isLoading) {
    const sample = rows.loaded.slice(0, 40).map(({ row }) => row);
    for (const one of sample.length > 0 ? columns : []) {
      if (one.key in fitted.current || !rows.headings?.some((heading) => heading.key === one.key)) continue;
      const texts = sample.map((row) =>
        shownText(one.shape, row[one.key], { yes: t("common:yes"), no: t("common:no") }),
      );
      fitted.current[one.key] = fittedWidth(one.shape, texts);
    }
  }
  const [widths, setWidth, takeWidths] = useWidths(form.form);
  // Measured in normal type; larger type needs more of each column, as far as nobody chose its width.
  const scale = useLook().size === "large" ? LARGE : 1;
  const drawnWidths = Object.fromEntries(
    columns.map((one) => [
      one.key,
      widths[one.key] ?? Math.round((fitted.current[one.key] ?? usualWidth(one.shape)) * scale),
    ]),
  );
  // A kept view brings its widths along when it is chosen.
  const brought = current?.settings.widths;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each view that is chosen
  useEffect(() => {
    if (brought) takeWidths(brought);
  }, [current?.id]);

  const asking = JSON.stringify([path, rowsAsked]);
  const titleOf = (row: ListRow) => {
    const column = columns.find((one) => one.key === titleKey);
    return (column && shownText(column.shape, row[column.key], SILENT)) || `#${row.id}`;
  };
  const { picked, live, clear } = usePicking(rows, asking, titleOf);
  const canBulk = form.rights.delete !== "none" || (!asked.bin && form.transitions.some((step) => step.may_run));
  const picking: Picked | null = canBulk ? picked : null;
  // On a phone a tap opens a card, until somebody says that they want to choose.
  const [isChoosing, setChoosing] = useState(false);
  const stopChoosing = () => {
    clear();
    setChoosing(false);
  };

  const mayCreate = form.rights.create !== "none";
  useShortcut(
    { keys: "n", label: t("newOne"), disabled: !mayCreate || asked.bin },
    () => void navigate(`/${form.form}/new`),
  );

  const restore = async (row: ListRow) => {
    const [result] = await inBulk(form.form, { restore: true }, [{ id: row.id, version: undefined }]);
    if (result?.ok) void message.success(t("bulkDone", { label: t("restore"), count: 1 }));
    else void message.error(result?.problem?.detail || t("common:somethingWrong"));
    await queries.invalidateQueries({ queryKey: keys.lists(form.form) });
  };
  const action = asked.bin
    ? (row: ListRow) => (
        <Button size="small" onClick={() => void restore(row)} aria-label={t("restoreOne", { title: titleOf(row) })}>
          {t("restore")}
        </Button>
      )
    : undefined;

  const [isFiltering, setFiltering] = useState(false);
  const searches = form.searchable || form.numbered;
  const setWhere = (next: Part[]) => ask({ where: next });
  const groupable = all.filter((one) => one.canGroup);
  const groupColumn = all.find((one) => one.key === asked.group.split(":")[0]);
  const boardColumn = view?.by === undefined ? undefined : all.find((one) => one.key === view.by);
  const sortShown = asked.sort ?? (asked.bin ? ["-deleted_at"] : form.list.sort);
  const narrowings = asked.where.length + (asked.filter ? 1 : 0);
  const groupText = (key: string) => {
    const [name, grain] = key.split(":");
    const label = all.find((one) => one.key === name)?.shape.label ?? name;
    return grain ? t(`grain.${grain}`, { label }) : label;
  };

  const searchBox = searches && (
    <Search value={asked.q} onChange={(q) => ask({ q }, true)} label={t("searchIn", { form: form.label })} />
  );
  const counted = count && (
    <span className="figure" aria-live="polite">
      {count.more
        ? t("countMore", { count: grouped(String(count.value)) })
        : t("count", { count: grouped(String(count.value)) })}
    </span>
  );
  const empty = (
    <Empty
      form={form}
      asked={asked}
      mayCreate={mayCreate}
      onClear={() => ask({ q: "", where: [], filter: "" })}
      onLeaveBin={() => setAddress(writeAddress(NOTHING))}
    />
  );

  const waits = <Skeleton active paragraph={{ rows: 8 }} />;
  const isCards = isNarrow && isTable && !(asked.group && groupColumn?.canGroup);
  let body: ReactNode;
  if (view?.kind === "board" && boardColumn && !asked.bin)
    body = (
      <Suspense fallback={waits}>
        <Board
          form={form}
          view={view}
          by={boardColumn}
          selection={rowsAsked}
          where={where}
          sort={asked.sort}
          onNarrow={(next) => ask({ view: wholeOf(kept).view, where: next })}
        />
      </Suspense>
    );
  else if (view?.kind === "calendar" && !asked.bin)
    body = (
      <Suspense fallback={waits}>
        <Calendar
          form={form}
          view={view}
          kindOf={kindOf}
          selection={rowsAsked}
          where={where}
          month={asked.month}
          onMonth={(month) => ask({ month }, true)}
        />
      </Suspense>
    );
  else if (asked.group && groupColumn?.canGroup && !asked.bin)
    body = (
      <Suspense fallback={waits}>
        <Groups
          form={form.form}
          by={asked.group}
          columns={columns.filter((one) => one.key !== groupColumn.key)}
          titleKey={titleKey}
          selection={rowsAsked}
          where={where}
          sort={asked.sort}
          widths={drawnWidths}
          label={form.label}
          onNarrow={(next) => ask({ group: "", where: next })}
        />
      </Suspense>
    );
  else if (rows.error) body = <ProblemNote error={rows.error} onRetry={rows.again} />;
  else if (rows.isLoading && !rows.isStale) body = <Slow />;
  else if (rows.count === 0) body = empty;
  else if (isNarrow)
    body = (
      <Cards
        key={asking}
        form={form.form}
        columns={columns}
        rows={rows}
        titleKey={titleKey}
        picked={isChoosing ? picking : null}
        action={action}
        label={form.label}
      />
    );
  else
    body = (
      <Grid
        key={asking}
        form={form.form}
        columns={columns}
        rows={rows}
        total={count && !count.more ? count.value : null}
        titleKey={titleKey}
        sort={sortShown}
        onSort={(key, added) => ask({ sort: nextSort(asked.sort, key, added, sortShown) }, true)}
        widths={drawnWidths}
        onWidth={setWidth}
        onMove={(key, to) => ask({ columns: reordered(keysInSight, key, to) }, true)}
        sums={totals.data?.sums}
        picked={picking}
        action={action}
        label={form.label}
      />
    );

  const bulk = canBulk && (
    <BulkBar
      form={form}
      chosen={live}
      isBin={asked.bin}
      isChoosing={isNarrow && isChoosing && isCards}
      onClear={stopChoosing}
    />
  );

  return (
    <div className={isNarrow ? "list-page is-narrow" : "list-page"}>
      <header className="list-head">
        <h1>{asked.bin ? t("binOf", { form: form.label }) : form.label}</h1>
        {counted}
        <span className="list-space" />
        {!isNarrow && searchBox}
        <ListMenu
          form={form}
          isBin={asked.bin}
          question={{ ...rowsAsked, sort: asked.sort?.join(","), columns: keysInSight.join(",") }}
          onBin={() => setAddress(writeAddress(asked.bin ? NOTHING : { ...NOTHING, bin: true }))}
        />
        {mayCreate && !asked.bin && !isNarrow && (
          <Tooltip title={<kbd>N</kbd>}>
            <Link to={`/${form.form}/new`} className="list-new">
              <PlusOutlined aria-hidden="true" /> {t("common:new")}
            </Link>
          </Tooltip>
        )}
      </header>
      {isNarrow && (
        <div className="list-narrow-tools">
          {searchBox}
          <Badge count={narrowings} size="small">
            <Button
              icon={<FilterOutlined aria-hidden="true" />}
              aria-label={t("conditions")}
              onClick={() => setFiltering(true)}
            />
          </Badge>
          {canBulk && isCards && (
            <Button
              icon={<CheckSquareOutlined aria-hidden="true" />}
              aria-label={t("choose")}
              aria-pressed={isChoosing}
              className={isChoosing ? "is-on" : undefined}
              onClick={() => (isChoosing ? stopChoosing() : setChoosing(true))}
            />
          )}
        </div>
      )}
      {!asked.bin && (
        <Views
          form={form.form}
          declared={declared}
          kept={kept}
          asked={asked}
          shown={view}
          current={current}
          widths={widths}
        />
      )}
      {picked.size > 0 && canBulk
        ? null
        : !isNarrow && (
            <div className="list-tools">
              <Filters
                columns={all}
                where={asked.where}
                filter={asked.filter}
                onChange={setWhere}
                onFilter={(filter) => ask({ filter })}
              />
              {isTable && !asked.bin && (
                <>
                  <Dropdown
                    trigger={["click"]}
                    menu={{
                      selectedKeys: [asked.group],
                      items: [
                        { key: "", label: t("noGroups") },
                        ...groupable.flatMap((one) => groupings(one)).map((key) => ({ key, label: groupText(key) })),
                      ],
                      style: { maxHeight: 420, overflow: "auto" },
                      onClick: ({ key }) => ask({ group: key }),
                    }}
                  >
                    <Button
                      type="text"
                      size="small"
                      icon={<GroupOutlined aria-hidden="true" />}
                      className={asked.group ? "is-on" : undefined}
                    >
                      {asked.group ? t("groupedBy", { label: groupText(asked.group) }) : t("group")}
                    </Button>
                  </Dropdown>
                  <Popover
                    trigger="click"
                    placement="bottomRight"
                    arrow={false}
                    content={
                      <Suspense fallback={<div className="column-panel" />}>
                        <ColumnPanel
                          all={all}
                          keys={keysInSight}
                          isChanged={asked.columns !== null}
                          onChange={(next) => ask({ columns: next }, true)}
                        />
                      </Suspense>
                    }
                  >
                    <Button
                      type="text"
                      size="small"
                      icon={<AppstoreOutlined aria-hidden="true" />}
                      className={asked.columns ? "is-on" : undefined}
                    >
                      {t("columns")}
                    </Button>
                  </Popover>
                </>
              )}
            </div>
          )}
      {!isNarrow && bulk}
      {body}
      {isNarrow && bulk}
      {isNarrow && mayCreate && !asked.bin && !isChoosing && (
        <Link to={`/${form.form}/new`} className="list-float" aria-label={t("common:new")}>
          <PlusOutlined aria-hidden="true" />
        </Link>
      )}
      {isNarrow && isFiltering && (
        <Suspense>
          <FilterDrawer
            columns={all}
            asked={asked}
            sort={sortShown}
            onAsk={ask}
            onClose={() => setFiltering(false)}
            count={counted || null}
          />
        </Suspense>
      )}
    </div>
  );
}
