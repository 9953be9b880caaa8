/** Metrics: each figure with its change and its course; what is counted stands behind the question mark. */
import { CaretDownOutlined, CaretUpOutlined, MinusOutlined } from "@ant-design/icons";
import { Tooltip } from "antd";
import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Metric, MetricsAnswer } from "@/api/dashboards";
import type { FigureQuestion } from "@/behind/BehindFigure";
import type { Shape } from "@/chart/drawing";
import { Gauge } from "@/chart/Gauge";
import { Drawn } from "@/chart/Picture";
import { Sparkline } from "@/chart/Sparkline";
import { figure, isNegative } from "@/look/figures";
import { roundedShare, short } from "@/look/short";
import { Figures } from "@/report/Figures";
import { reportAddress } from "./address";
import { changeOf, comparedWith, shareOf, spanText, tableOf, trendOf } from "./figures";
import { HelpMark } from "./HelpMark";
import type { BodyProps } from "./TileBody";
import { useChartSize } from "./useChartSize";
import "./metrics.css";

const COURSES = new Set(["line", "bar", "area", "stacked"]);

export function MetricsTile({ answer, ...props }: BodyProps & { answer: MetricsAnswer }) {
  const { t } = useTranslation("dashboard");
  const { tile, isTable, isWall, isLarge } = props;
  const size = useChartSize(isWall, isLarge);
  const course = useMemo(() => (COURSES.has(tile.draw) ? trendOf(answer.metrics) : null), [tile.draw, answer]);
  const open = (one: Metric) => opener(one, answer, props);
  if (answer.metrics.length === 0) return <p className="tile-empty">{t("nothing")}</p>;
  if (course) {
    if (isTable) return <Figures page={tableOf(course, t("when"))} sort={null} />;
    return <Drawn drawing={course} kind={tile.draw as Shape} label={tile.label ?? ""} size={size} />;
  }
  // What stands alone is called as its tile is.
  const isAlone = answer.metrics.length === 1 && Boolean(tile.label);
  return (
    <ul className="metrics">
      {answer.metrics.map((one) => (
        <li key={one.name} className="metric">
          {tile.draw === "gauge" && answer.goal && !isTable ? (
            <GaugeCard metric={one} goal={answer.goal} open={open(one)} isAlone={isAlone} />
          ) : (
            <Card metric={one} answer={answer} open={open(one)} isAlone={isAlone} />
          )}
        </li>
      ))}
    </ul>
  );
}

/** A figure leads to the rows behind it, or to its report. */
function opener(
  metric: Metric,
  answer: MetricsAnswer,
  { onOpen }: BodyProps,
): (text: ReactNode, title: string) => ReactNode {
  const { opens } = metric;
  if (!onOpen || !opens) return (text) => text;
  const { report, column, parameters } = opens;
  const span = answer.span && metric.time !== "now" ? answer.span : null;
  const opening = (figure: FigureQuestion) => (text: ReactNode, title: string) => (
    <button
      type="button"
      className="metric-opens"
      onClick={() => onOpen({ title: metric.label + (span ? ` · ${spanText(span)}` : ""), figure })}
    >
      <span className="unseen">{title} </span>
      {text}
    </button>
  );
  if (column === null) return opening({ counted: metric.name, parameters, span, address: reportAddress(opens) });
  if (opens.source !== "records")
    return (text, title) => (
      <Link to={reportAddress(opens)}>
        <span className="unseen">{title} </span>
        {text}
      </Link>
    );
  return opening({ report, column, parameters, at: {}, metric: metric.name });
}

interface CardProps {
  metric: Metric;
  open: (text: ReactNode, title: string) => ReactNode;
  isAlone: boolean;
}

function Card({ metric, answer, open, isAlone }: CardProps & { answer: MetricsAnswer }) {
  const { t, i18n } = useTranslation("dashboard");
  const { value, kind, label } = metric;
  const course = useMemo(
    () => metric.trend.map((one) => (one.value === null ? null : Number(one.value))),
    [metric.trend],
  );
  const said = value === null ? null : short(kind, value, i18n.language);
  const exact = value === null ? t("unknown") : exactly(metric, value);
  return (
    <>
      {!isAlone && <Head metric={metric} />}
      <Tooltip title={<Exact metric={metric} answer={answer} />}>
        <span className={value !== null && isNegative(value) ? "metric-figure negative" : "metric-figure"}>
          {open(
            said === null ? (
              <span className="blank">–</span>
            ) : (
              <>
                {said.text}
                {said.unit && <small>{said.unit}</small>}
              </>
            ),
            `${label} ${exact} ·`,
          )}
        </span>
      </Tooltip>
      <Changed metric={metric} answer={answer} />
      {metric.trend.length > 1 && (
        <div className="metric-course">
          <Sparkline values={course} />
        </div>
      )}
    </>
  );
}

function Head({ metric }: { metric: Metric }) {
  return (
    <span className="metric-label">
      {metric.label}
      {metric.help && <HelpMark label={metric.label} rule={metric.help} />}
    </span>
  );
}

function exactly({ kind }: Metric, value: string): string {
  return figure(kind, kind === "percent" ? roundedShare(value) : value);
}

/** What the pointer learns: the exact figure, of which days it is, and what it was. */
function Exact({ metric, answer }: { metric: Metric; answer: MetricsAnswer }) {
  const { t } = useTranslation("dashboard");
  const { span, previous } = answer;
  return (
    <div className="metric-exact">
      <b>{metric.value === null ? t("unknown") : exactly(metric, metric.value)}</b>
      {span && metric.trend.length + Number(metric.previous !== null) > 0 && <span>{spanText(span)}</span>}
      {previous && metric.previous !== null && (
        <span>{t("was", { figure: exactly(metric, metric.previous), span: spanText(previous) })}</span>
      )}
    </div>
  );
}

const MARKS = { up: CaretUpOutlined, down: CaretDownOutlined, same: MinusOutlined };

function Changed({ metric, answer }: { metric: Metric; answer: MetricsAnswer }) {
  const { t } = useTranslation("dashboard");
  const change = changeOf(metric);
  const than = comparedWith(answer);
  if (!change || !than) return <span className="metric-change" />;
  const Mark = MARKS[change.direction];
  const words = t(`than.${than}`);
  return (
    <span className={`metric-change ${change.tone}`}>
      {words} <Mark aria-hidden="true" />
      {change.direction === "same" ? t("same") : t(`moved.${change.direction}`, { share: change.text })}
    </span>
  );
}

function GaugeCard({ metric, goal: full, open, isAlone }: CardProps & { goal: string }) {
  const { t, i18n } = useTranslation("dashboard");
  const share = shareOf(metric.value, full);
  const { text, unit } = short(metric.kind, metric.value ?? "0", i18n.language);
  const goal = short(metric.kind, full, i18n.language);
  const said = t("ofGoal", { share: `${Math.round(share * 100)}%`, goal: goal.text + goal.unit });
  return (
    <>
      {!isAlone && <Head metric={metric} />}
      <div className="metric-gauge">
        {open(
          <Gauge share={share} value={text + unit} said={`${text}${unit} ${said}`} below={said} />,
          `${metric.label} ${exactly(metric, metric.value ?? "0")}`,
        )}
      </div>
    </>
  );
}
