/** The frame around every page: where one may go, who one is, what is new, and the page itself. */
import { Skeleton } from "antd";
import { Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Outlet, useLocation, useNavigate } from "react-router";
import { useLive } from "@/api/live";
import { useShortcut } from "@/look/shortcuts";
import { useNarrow } from "@/look/useNarrow";
import { Fault } from "./Fault";
import { KeyHelp } from "./KeyHelp";
import { Navigation } from "./Navigation";
import { Palette } from "./Palette";
import { PhoneBar } from "./PhoneBar";
import { TopBar } from "./TopBar";
import "./frame.css";

export function Frame() {
  const { t } = useTranslation("shell");
  const isNarrow = useNarrow();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const [seeks, setSeeks] = useState(false);
  const [helps, setHelps] = useState(false);
  const [shows, setShows] = useState(false);
  useLive();
  useShortcut({ keys: "$mod+k", label: t("palette") }, () => setSeeks(true));
  useShortcut({ keys: "Shift+?", label: t("keys") }, () => setHelps(true));
  useShortcut({ keys: "g h", label: t("goHome") }, () => void navigate("/"));

  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes what lay over the last one
  useEffect(() => {
    setShows(false);
    // What was clicked on went with the last page: the keyboard goes on in the new one.
    if (document.activeElement === document.body) document.getElementById("page")?.focus({ preventScroll: true });
  }, [pathname]);

  return (
    <div className="frame">
      <a className="skip" href="#page">
        {t("skip")}
      </a>
      {!isNarrow && <Navigation />}
      <div className="frame-main">
        <TopBar onSeek={() => setSeeks(true)} />
        <main id="page" tabIndex={-1}>
          <Fault at={pathname}>
            <Suspense fallback={<Waiting />}>
              <Outlet />
            </Suspense>
          </Fault>
        </main>
        {isNarrow && <PhoneBar shows={shows} onShow={setShows} onSeek={() => setSeeks(true)} />}
      </div>
      {seeks && <Palette onClose={() => setSeeks(false)} />}
      {helps && <KeyHelp onClose={() => setHelps(false)} />}
    </div>
  );
}

/** Nothing at first: most pages are there before anybody could read "loading". */
function Waiting() {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 200);
    return () => clearTimeout(timer);
  }, []);
  return isLate ? <Skeleton active style={{ padding: 24 }} /> : null;
}
