/** The frame around every page: where one may go, who one is, what is new, and the page itself. */
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Outlet, useLocation, useNavigate, useSearchParams } from "react-router";
import { useLive } from "@/api/live";
import { useShortcut } from "@/look/shortcuts";
import { useNarrow } from "@/look/useNarrow";
import { Fault } from "./Fault";
import { Late } from "./Late";
import { Navigation } from "./Navigation";
import { PhoneBar } from "./PhoneBar";
import { TopBar } from "./TopBar";
import "./frame.css";

/** What is opened now and then loads once the page has stood for a while, or when it is asked for. */
const LATER = { palette: () => import("./Palette"), keys: () => import("./KeyHelp") };
const Palette = lazy(LATER.palette);
const KeyHelp = lazy(LATER.keys);
const LATER_MS = 3_000;

export function Frame() {
  const { t } = useTranslation("shell");
  const isNarrow = useNarrow();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const [search] = useSearchParams();
  const [seeks, setSeeks] = useState(false);
  const [helps, setHelps] = useState(false);
  const [shows, setShows] = useState(false);
  const typedAhead = useRef("");
  const [stands, setStands] = useState(false);
  /** Where the keyboard was, and goes back to. */
  const left = useRef<Element | null>(null);
  const seek = () => {
    left.current = document.activeElement;
    setSeeks(true);
  };
  const typedSoFar = useCallback(() => typedAhead.current, []);
  const stand = useCallback(() => setStands(true), []);
  useLive();
  useEffect(() => {
    const timer = setTimeout(() => {
      for (const load of Object.values(LATER)) void load().catch(() => undefined);
    }, LATER_MS);
    return () => clearTimeout(timer);
  }, []);
  useShortcut({ keys: "$mod+k", label: t("palette") }, seek);
  useShortcut({ keys: "Shift+?", label: t("keys") }, () => setHelps(true));
  useShortcut({ keys: "g h", label: t("goHome") }, () => void navigate("/"));

  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes what lay over the last one
  useEffect(() => {
    setShows(false);
    // What was clicked on went with the last page: the keyboard goes on in the new one.
    if (document.activeElement === document.body) document.getElementById("page")?.focus({ preventScroll: true });
  }, [pathname]);

  useEffect(() => {
    if (seeks || !(left.current instanceof HTMLElement)) return;
    left.current.focus({ preventScroll: true });
    left.current = null;
  }, [seeks]);
  const leave = () => {
    typedAhead.current = "";
    setStands(false);
    setSeeks(false);
  };

  // On a wall nobody moves about.
  if (search.get("wall") === "1" && pathname.startsWith("/dashboards/"))
    return (
      <main id="page" tabIndex={-1} className="frame-wall">
        <Fault at={pathname}>
          <Suspense fallback={<Late />}>
            <Outlet />
          </Suspense>
        </Fault>
      </main>
    );
  return (
    <div className="frame">
      <a className="skip" href="#page">
        {t("skip")}
      </a>
      {!isNarrow && <Navigation />}
      <div className="frame-main">
        <TopBar onSeek={seek} />
        <main id="page" tabIndex={-1}>
          <Fault at={pathname}>
            <Suspense fallback={<Late />}>
              <Outlet />
            </Suspense>
          </Fault>
        </main>
        {isNarrow && <PhoneBar shows={shows} onShow={setShows} onSeek={seek} />}
      </div>
      {seeks && !stands && <Ahead onType={(text) => (typedAhead.current = text)} />}
      {seeks && (
        <Suspense>
          <Palette typedAhead={typedSoFar} onStand={stand} onClose={leave} />
        </Suspense>
      )}
      {helps && (
        <Suspense>
          <KeyHelp onClose={() => setHelps(false)} />
        </Suspense>
      )}
    </div>
  );
}

/** Whoever knows the palette types on at once: what comes before it stands is kept for it. */
function Ahead({ onType }: { onType: (text: string) => void }) {
  const { t } = useTranslation("shell");
  return (
    <input
      className="unseen"
      aria-label={t("palette")}
      ref={(input) => input?.focus()}
      onChange={(event) => onType(event.target.value)}
    />
  );
}
