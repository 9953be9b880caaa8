/** What stands in a tile: asked for by itself, kept in sight until the next answer, and refused in its own place. */
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";
import {
  type ItemsAnswer,
  type ListAnswer,
  type MetricsAnswer,
  type ReportAnswer,
  type TextAnswer,
  type Tile,
  type TileAnswer,
  tileQuery,
} from "@/api/dashboards";
import { ProblemNote } from "@/look/ProblemNote";
import { addressOf, reportAddress } from "./address";
import { Shortcuts, ToDos } from "./ItemsTile";
import { ListTile } from "./ListTile";
import { MetricsTile } from "./MetricsTile";
import { ReportTile } from "./ReportTile";
import { TileLate } from "./TileLate";
import type { Opened } from "./Tiles";

const WaitingTile = lazy(() => import("@/flow/WaitingTile"));

export interface BodyProps {
  base: string;
  tile: Tile;
  asked: Record<string, string>;
  /** A picture is read as a table. */
  isTable: boolean;
  isWall: boolean;
  /** Over the page, with all the room there is. */
  isLarge: boolean;
  onOpen: ((opened: Opened) => void) | undefined;
  /** What the tile learned of itself with its answer, for its head. */
  onTold: (told: Told) => void;
}

export interface Told {
  /** The page that tells all of it. */
  page: string | null;
  /** The rule by which its one figure is counted. */
  rule: string | null;
}

/** On a wall, and behind a link, nobody asks and no change is told: the figures are read anew all the same. */
const WALL_MS = 60_000;

export function TileBody(props: BodyProps) {
  // What awaits agreement has a page and questions of its own.
  if (props.tile.kind === "flows")
    return (
      <Suspense fallback={<TileLate />}>
        <WaitingTile />
      </Suspense>
    );
  if (props.tile.awaits?.length) return <Awaiting names={props.tile.awaits} />;
  return <Answered {...props} />;
}

function Awaiting({ names }: { names: readonly string[] }) {
  const { t, i18n } = useTranslation("report");
  const name = new Intl.ListFormat(i18n.language).format(names);
  return <p className="tile-empty">{t("chooseFirst", { name })}</p>;
}

function Answered(props: BodyProps) {
  const { base, tile, asked, isWall, onOpen, onTold } = props;
  const { t } = useTranslation("dashboard");
  const found = useQuery({
    ...tileQuery<TileAnswer>(base, tile, asked),
    ...(isWall || onOpen === undefined ? { refetchInterval: WALL_MS } : {}),
  });
  const page = found.data ? pageOf(tile, found.data) : null;
  const rule = found.data ? ruleOf(tile, found.data) : null;
  useEffect(() => onTold({ page, rule }), [page, rule, onTold]);
  if (found.isPending) return <TileLate />;
  if (!found.data) return <ProblemNote error={found.error} onRetry={() => void found.refetch()} />;
  const { data } = found;
  return (
    <div className={found.isPlaceholderData ? "tile-content is-old" : "tile-content"}>
      {found.isError && <p className="tile-old">{t("notRead")}</p>}
      <Content {...props} answer={data} />
    </div>
  );
}

function Content({ answer, ...props }: BodyProps & { answer: TileAnswer }) {
  switch (props.tile.kind) {
    case "metrics":
      return <MetricsTile {...props} answer={answer as MetricsAnswer} />;
    case "report":
      return <ReportTile {...props} answer={answer as ReportAnswer} />;
    case "list":
      return <ListTile answer={answer as ListAnswer} tile={props.tile} leads={props.onOpen !== undefined} />;
    case "shortcuts":
      return <Shortcuts items={(answer as ItemsAnswer).items} />;
    case "todos":
      return <ToDos items={(answer as ItemsAnswer).items} />;
    default:
      return <p className="tile-text">{(answer as TextAnswer).text}</p>;
  }
}

/** Where one reads all of what a tile shows some of. */
function pageOf(tile: Tile, answer: TileAnswer): string | null {
  if (tile.kind === "report") return reportAddress(answer as ReportAnswer);
  if (tile.kind === "list") {
    const { form, filter } = answer as ListAnswer;
    return filter === null ? null : addressOf({ form, filter: filter ?? "" });
  }
  if (tile.kind !== "metrics") return null;
  const opens = (answer as MetricsAnswer).metrics.find((one) => one.opens)?.opens;
  return opens ? reportAddress(opens) : null;
}

function ruleOf(tile: Tile, answer: TileAnswer): string | null {
  if (tile.kind !== "metrics" || !tile.label) return null;
  const { metrics } = answer as MetricsAnswer;
  return metrics.length === 1 ? (metrics[0]?.help ?? null) : null;
}
