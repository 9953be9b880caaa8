/** A dashboard on a wall: dark, without a frame, as large as the screen, and renewed by itself. */
import { CompressOutlined, ExpandOutlined, LogoutOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { dashboardQuery, type Tile } from "@/api/dashboards";
import { dayOf } from "@/look/figures";
import { useLook } from "@/look/Look";
import { ProblemNote } from "@/look/ProblemNote";
import { useShortcut } from "@/look/shortcuts";
import { Freshness } from "./Freshness";
import { placed, screensOf } from "./grid";
import { Tiles, TilesLate } from "./Tiles";
import "./dashboard.css";
import "./wall.css";

interface Props {
  base: string;
  asked: Record<string, string>;
  /** Without it there is nothing to go back to. */
  onLeave?: () => void;
}

const MINUTE_MS = 60_000;

export function Wall({ base, asked, onLeave }: Props) {
  const { t } = useTranslation("dashboard");
  const { hold } = useLook();
  const described = useQuery({ ...dashboardQuery(base, asked), refetchInterval: 10 * MINUTE_MS });
  useEffect(() => hold("dark"), [hold]);
  useAwake();
  useShortcut({ keys: "Escape", label: t("leaveWall"), disabled: !onLeave }, () => onLeave?.());
  return (
    <div className="wall">
      <header className="wall-head">
        <h1>{described.data?.label ?? " "}</h1>
        <span className="dashboard-space" />
        <Freshness base={base} />
        <Clock />
        <WholeScreen />
        {onLeave && (
          <Button
            type="text"
            icon={<LogoutOutlined aria-hidden="true" />}
            aria-label={t("leaveWall")}
            title={t("leaveWall")}
            onClick={onLeave}
          />
        )}
      </header>
      <ProblemNote error={described.error} onRetry={() => void described.refetch()} />
      {described.isPending && <TilesLate />}
      {described.data && <Screens base={base} tiles={described.data.tiles} asked={asked} />}
    </div>
  );
}

/** Less than this is too low for a row of tiles. */
const ROW_PX = 58;
const HEAD_PX = 90;
const SCREEN_MS = 20_000;
/** Where tiles follow each other anyway. */
const SMALL = "(max-width: 1099px), (max-height: 599px)";

function rowsHere(): number {
  if (window.matchMedia(SMALL).matches) return Number.POSITIVE_INFINITY;
  const row = Math.max(ROW_PX, ROW_PX * (window.innerWidth / 1500));
  return Math.max(4, Math.floor((window.innerHeight - HEAD_PX) / row));
}

/** What does not fit onto one screen takes turns: every so often by itself, or by the arrows. */
function Screens({ base, tiles, asked }: { base: string; tiles: readonly Tile[]; asked: Record<string, string> }) {
  const { t } = useTranslation("dashboard");
  const rows = useSyncExternalStore(onResize, rowsHere);
  const screens = useMemo(() => screensOf(placed(tiles), rows), [tiles, rows]);
  const [place, setPlace] = useState(0);
  const count = screens.length;
  const shown = place % Math.max(1, count);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever turned by hand has the whole time, too
  useEffect(() => {
    if (count < 2) return undefined;
    const timer = setInterval(() => setPlace((at) => at + 1), SCREEN_MS);
    return () => clearInterval(timer);
  }, [count, shown]);
  const turn = (by: number) => setPlace(shown + count + by);
  useShortcut({ keys: "ArrowRight", label: t("nextScreen"), disabled: count < 2 }, () => turn(1));
  useShortcut({ keys: "ArrowLeft", label: t("lastScreen"), disabled: count < 2 }, () => turn(-1));
  return (
    <>
      <Tiles key={shown} base={base} tiles={screens[shown] ?? []} asked={asked} isWall />
      {count > 1 && (
        <div className="wall-screens" role="status">
          <span className="unseen">{t("page", { page: shown + 1, count })}</span>
          {screens.map((screen, at) => (
            <i key={screen[0]?.tile} className={at === shown ? "is-shown" : undefined} />
          ))}
        </div>
      )}
    </>
  );
}

function onResize(changed: () => void) {
  window.addEventListener("resize", changed);
  return () => window.removeEventListener("resize", changed);
}

function Clock() {
  const { i18n } = useTranslation();
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 1000);
    return () => clearInterval(timer);
  }, []);
  const parts = { hour: "2-digit", minute: "2-digit", hour12: false } as const;
  return (
    <time className="wall-clock figure" dateTime={now.toISOString()}>
      {dayOf(now)} <b>{now.toLocaleTimeString(i18n.language, parts)}</b>
    </time>
  );
}

function WholeScreen() {
  const { t } = useTranslation("dashboard");
  const [isWhole, setWhole] = useState(() => document.fullscreenElement !== null);
  useEffect(() => {
    const changed = () => setWhole(document.fullscreenElement !== null);
    document.addEventListener("fullscreenchange", changed);
    return () => document.removeEventListener("fullscreenchange", changed);
  }, []);
  if (!document.fullscreenEnabled) return null;
  const turn = () =>
    // A browser that does not want to may stay as it is.
    void (isWhole ? document.exitFullscreen() : document.documentElement.requestFullscreen()).catch(() => undefined);
  const label = t(isWhole ? "partScreen" : "wholeScreen");
  return (
    <Button
      type="text"
      icon={isWhole ? <CompressOutlined aria-hidden="true" /> : <ExpandOutlined aria-hidden="true" />}
      aria-label={label}
      title={label}
      onClick={turn}
    />
  );
}

/** A screen on a wall does not go to sleep, where the browser lets us ask for it. */
function useAwake(): void {
  useEffect(() => {
    let held: WakeLockSentinel | null = null;
    let isLeft = false;
    const ask = async () => {
      if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
      try {
        held = await navigator.wakeLock.request("screen");
        if (isLeft) await held.release();
      } catch {
        // Refused to save power: the screen sleeps as it always does.
      }
    };
    void ask();
    document.addEventListener("visibilitychange", ask);
    return () => {
      isLeft = true;
      document.removeEventListener("visibilitychange", ask);
      void held?.release();
    };
  }, []);
}
