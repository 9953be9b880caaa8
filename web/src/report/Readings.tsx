/** Ways to read the same figures otherwise: other keys, one of them across, shares, running sums, the largest, the time before. */
import { FunctionOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Badge, Button, Checkbox, Popover, Select } from "antd";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { Draw } from "@/api/dashboards";
import { reportQuery } from "@/api/queries";
import type { Heading, ReportDescription } from "@/api/types";
import { addressed, baseOf, groupsOf, rowsIn, withKey } from "./groups";
import "./readings.css";

const SWITCHES = ["share", "running"] as const;
const TOPS = ["10", "20", "50", "100"];
const COMPARISONS = ["previous", "year"] as const;
/** Reports whose rows are groups. */
export const READABLE = new Set(["records", "balances", "positions", "open_items", "outlook", "metrics"]);
const SHAPES = ["table", "line", "bar", "pie", "area", "stacked", "funnel", "scatter", "map", "calendar"] as const;
export type Shape = (typeof SHAPES)[number];

export function shapeIn(address: URLSearchParams): Shape {
  const asked = address.get("chart");
  return SHAPES.find((one) => one === asked) ?? "table";
}

interface Props {
  described: ReportDescription;
  asked: Record<string, string>;
  shape: Draw;
  onChange: (change: Record<string, string | null>) => void;
}

export function Readings(props: Props) {
  const { t } = useTranslation("report");
  const { asked, shape } = props;
  const isOtherwise =
    ["rows", "columns", "pivot", "top", "compare", ...SWITCHES].some((name) => asked[name]) ||
    !MAIN.has(shape as Shape);
  return (
    <Popover trigger="click" placement="bottomRight" content={<Panel {...props} />}>
      <Badge dot={isOtherwise}>
        <Button icon={<FunctionOutlined aria-hidden="true" />}>{t("readings.title")}</Button>
      </Badge>
    </Popover>
  );
}

/** Those that are a click away without the panel. */
export const MAIN: ReadonlySet<Shape> = new Set(["table", "line", "bar", "pie"]);

const NO_HEADS: readonly Heading[] = [];

function Panel({ described, asked, shape, onChange }: Props) {
  const { t } = useTranslation("report");
  const id = useId();
  // As it is declared: what there is to choose from does not depend on what was chosen.
  const own = Object.fromEntries(described.parameters.map(({ name }) => [name, asked[name]]));
  const whole = useQuery(reportQuery(described.report, { ...own, limit: 1 }));
  const heads = whole.data?.groups ?? NO_HEADS;
  const measures = (whole.data?.columns ?? NO_HEADS).filter((one) => one.measure);
  const shown = asked.columns ? asked.columns.split(",") : measures.map((one) => one.key);
  const chooseColumns = (keys: string[]) => {
    const named = measures.map((one) => one.key).filter((key) => keys.includes(key));
    const isAll = named.length === 0 || named.length === measures.length;
    onChange({ columns: isAll ? null : named.join(",") });
  };
  const groups = groupsOf(heads).map(({ key, label, grain }) => ({
    value: key,
    label: grain ? t(`readings.grains.${grain}`, { label }) : label,
  }));
  const pivot = asked.pivot;
  const rows = rowsIn(heads, asked.rows, pivot);
  const choose = (keys: string[]) => {
    const last = keys.at(-1);
    const next = last && keys.length > rows.length ? withKey(rows, last) : keys;
    onChange({ rows: addressed(heads, next), page: null });
  };
  const isCompared = hasTime(described) && !pivot;
  return (
    <div className="readings">
      <span id={`${id}-as`}>{t("shape")}</span>
      <Select
        aria-labelledby={`${id}-as`}
        value={shape}
        onChange={(to) => onChange({ chart: to === "table" ? null : to })}
        options={SHAPES.map((value) => ({ value, label: t(`as.${value}`) }))}
      />
      {heads.length > 1 && (
        <>
          <span id={`${id}-by`}>{t("readings.by")}</span>
          <Select
            aria-labelledby={`${id}-by`}
            mode="multiple"
            value={rows}
            onChange={choose}
            options={groups.filter((one) => !pivot || baseOf(one.value) !== baseOf(pivot))}
          />
          <span id={`${id}-across`}>{t("readings.across")}</span>
          <Select
            aria-labelledby={`${id}-across`}
            allowClear
            placeholder={t("readings.none")}
            value={pivot ?? null}
            onChange={(key: string | null | undefined) =>
              onChange({
                pivot: key ?? null,
                // One figure across is a table; all of them would be a wall.
                ...(key && !asked.columns && measures.length > 1 ? { columns: mainOf(measures) } : {}),
                rows: asked.rows && key ? addressed(heads, rowsIn(heads, asked.rows, key)) : (asked.rows ?? null),
                ...(key ? { compare: null, share: null, running: null } : {}),
              })
            }
            options={groups}
          />
        </>
      )}
      {measures.length > 1 && (
        <>
          <span id={`${id}-columns`}>{t("readings.columns")}</span>
          <Select
            aria-labelledby={`${id}-columns`}
            mode="multiple"
            maxTagCount="responsive"
            value={shown}
            onChange={chooseColumns}
            options={measures.map((one) => ({ value: one.key, label: one.label }))}
          />
        </>
      )}
      {isCompared && (
        <>
          <span id={`${id}-beside`}>{t("readings.beside")}</span>
          <Select
            aria-labelledby={`${id}-beside`}
            allowClear
            placeholder={t("readings.none")}
            value={asked.compare ?? null}
            onChange={(how: string | null | undefined) => onChange({ compare: how ?? null })}
            options={COMPARISONS.map((value) => ({ value, label: t(`readings.compare.${value}`) }))}
          />
        </>
      )}
      <span id={`${id}-top`}>{t("readings.most")}</span>
      <Select
        aria-labelledby={`${id}-top`}
        allowClear
        placeholder={t("readings.all")}
        value={asked.top ?? null}
        onChange={(rows: string | null | undefined) => onChange({ top: rows ?? null })}
        options={TOPS.map((value) => ({ value, label: t("readings.top", { rows: value }) }))}
      />
      {!pivot && (
        <div className="readings-switches">
          {SWITCHES.map((name) => (
            <Checkbox
              key={name}
              checked={asked[name] === "1"}
              onChange={(event) => onChange({ [name]: event.target.checked ? "1" : null })}
            >
              {t(`readings.${name}`)}
            </Checkbox>
          ))}
        </div>
      )}
    </div>
  );
}

/** The figure that matters most: money, else the first. */
function mainOf(measures: readonly Heading[]): string | null {
  return (measures.findLast((one) => one.kind === "money") ?? measures[0])?.key ?? null;
}

/** Whether the report is of a time that another can be set beside. */
function hasTime({ parameters }: ReportDescription): boolean {
  const names = new Set(parameters.map((one) => one.name));
  const isSpan = names.has("from") && names.has("to");
  return isSpan || names.has("as_of") || parameters.some((one) => one.kind === "month");
}
