/** Where the day begins: what waits for me, what I may begin, and what happened last. */
import { DashboardOutlined, PlusOutlined, RightOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Skeleton } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { homeQuery } from "@/api/queries";
import { waitingQuery } from "@/flow/flows";
import { ProblemNote } from "@/look/ProblemNote";
import { ActivityFeed } from "./ActivityFeed";
import { useSession } from "./session";
import { WaitingCards } from "./WaitingCards";
import "./home.css";

const WaitingTile = lazy(() => import("@/flow/WaitingTile"));

export default function HomePage() {
  const { t } = useTranslation("shell");
  const session = useSession();
  const home = useQuery(homeQuery);
  const waiting = useQuery(waitingQuery).data ?? 0;
  const hour = new Date().getHours();
  const greeting = t(hour < 6 ? "night" : hour < 12 ? "morning" : hour < 18 ? "afternoon" : "evening");
  return (
    <div className="home">
      <header className="home-head">
        <h1>
          {greeting}
          {session?.user ? t("comma") + session.user.name : ""}
        </h1>
        <div className="home-begin">
          {home.data?.begin.map((one, place) => (
            <Link key={one.form} to={`/${one.form}/new`}>
              <Button
                type={place === 0 ? "primary" : "default"}
                icon={<PlusOutlined aria-hidden="true" />}
                tabIndex={-1}
              >
                {one.label}
              </Button>
            </Link>
          ))}
        </div>
      </header>
      <ProblemNote error={home.error} onRetry={() => void home.refetch()} />
      {home.data?.desk && (
        <Link to={`/dashboards/${home.data.desk.dashboard}`} className="card home-desk">
          <DashboardOutlined aria-hidden="true" />
          <span>
            <span className="card-title">{home.data.desk.label}</span>
            {home.data.desk.help && <span className="soft">{home.data.desk.help}</span>}
          </span>
          <RightOutlined aria-hidden="true" />
        </Link>
      )}
      {waiting > 0 && (
        <section aria-labelledby="home-flows">
          <h2 id="home-flows">{t("flowsForMe")}</h2>
          <div className="home-flows">
            <Suspense>
              <WaitingTile most={5} />
            </Suspense>
          </div>
        </section>
      )}
      <section aria-labelledby="home-waiting">
        <h2 id="home-waiting">{t("waiting")}</h2>
        {home.isPending ? (
          <Skeleton active paragraph={{ rows: 2 }} />
        ) : (
          <WaitingCards waiting={home.data?.waiting ?? []} />
        )}
      </section>
      <section aria-labelledby="home-activity">
        <h2 id="home-activity">{t("activity")}</h2>
        <ActivityFeed most={8} />
      </section>
    </div>
  );
}
