/** A dashboard for whoever has a link to it: to look at, without a frame, and without a way to anything else. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Problem } from "@/api/client";
import { dashboardQuery } from "@/api/dashboards";
import { ProblemNote } from "@/look/ProblemNote";
import { Freshness } from "./Freshness";
import { Tiles, TilesLate } from "./Tiles";
import { Wall } from "./Wall";
import "./dashboard.css";

const NOTHING = {};

export default function SharedPage({ token }: { token: string }) {
  const { t } = useTranslation("dashboard");
  const base = `shared/${encodeURIComponent(token)}`;
  const described = useQuery({ ...dashboardQuery(base, NOTHING), retry: false });
  const dashboard = described.data;
  const isGone = described.error instanceof Problem && described.error.status !== 0;
  if (dashboard?.is_wall) return <Wall base={base} asked={NOTHING} />;
  return (
    <main className="shared">
      <div className="dashboard">
        <header className="dashboard-head">
          <h1>{isGone ? t("shared.gone") : (dashboard?.label ?? " ")}</h1>
          <span className="dashboard-space" />
          {dashboard && <Freshness base={base} />}
        </header>
        {isGone && <p className="soft">{t("shared.goneHelp")}</p>}
        {!isGone && <ProblemNote error={described.error} onRetry={() => void described.refetch()} />}
        {described.isPending && <TilesLate />}
        {dashboard && <Tiles base={base} tiles={dashboard.tiles} asked={NOTHING} isStill />}
      </div>
    </main>
  );
}
