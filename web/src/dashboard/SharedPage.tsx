/** A dashboard or report for whoever has a link to it: to look at, without a frame, and without a way to anything else. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Problem } from "@/api/client";
import { type Dashboard, dashboardQuery, type Parameter } from "@/api/dashboards";
import type { Value } from "@/api/types";
import { ValueText } from "@/fields/ValueText";
import { ProblemNote } from "@/look/ProblemNote";
import { Freshness } from "./Freshness";
import { Tiles, TilesLate } from "./Tiles";
import { Wall } from "./Wall";
import "./dashboard.css";

const NOTHING = {};

/** What its sharer chose, which nobody here can change. */
function Chosen({ dashboard }: { dashboard: Dashboard }) {
  const chosen = dashboard.parameters.filter((one) => one.value !== null && one.value !== "");
  if (chosen.length === 0) return null;
  return (
    <dl className="shared-chosen">
      {chosen.map((one) => (
        <div key={one.name}>
          <dt className="soft">{one.label}</dt>
          <dd>
            {one.kind === "link" ? (
              (one.title ?? "–")
            ) : (
              <ValueText
                shape={{ kind: one.kind, label: one.label, ...(one.options ? { options: one.options } : {}) }}
                value={toldOf(one)}
              />
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function toldOf({ kind, value }: Parameter): Value {
  return kind === "flag" ? /^true$/i.test(String(value)) : value;
}

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
        {dashboard && <Chosen dashboard={dashboard} />}
        {dashboard && <Tiles base={base} tiles={dashboard.tiles} asked={NOTHING} isStill />}
      </div>
    </main>
  );
}
