/** Every address and the page behind it. What is not needed on the way from the door to a list loads when it is asked for. */
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";
import { BrowserRouter, Navigate, Route, Routes } from "react-router";
import { sessionQuery } from "@/api/queries";
import { ProblemNote } from "@/look/ProblemNote";
import { PAGES } from "./ahead";
import { Frame } from "./Frame";
import { Late } from "./Late";
import { later } from "./loading";
import { SignIn } from "./SignIn";
import { useOwnLook, useSession } from "./session";

const { Page: HomePage } = PAGES.home;
const { Page: ListPage } = PAGES.list;
const { Page: RecordPage } = PAGES.record;
const { Page: ReportPage } = PAGES.report;
const { Page: DashboardPage } = PAGES.dashboard;
const SharedPage = lazy(() => import("@/dashboard/SharedPage"));
const OpenForm = lazy(() => import("@/rule/OpenForm"));
const { Page: ActivityPage } = later(() => import("./ActivityPage"));
const { Page: DashboardsPage } = later(() => import("./DashboardsPage"));
const { Page: FlowsPage } = later(() => import("@/flow/FlowsPage"));
const { Page: RulesPage } = later(() => import("@/rule/RulesPage"));
const { Page: ChannelsPage } = later(() => import("@/message/ChannelsPage"));
const { Page: LogPage } = later(() => import("@/message/LogPage"));
const { Page: PreferencesPage } = later(() => import("./PreferencesPage"));
const { Page: ScanPage } = later(() => import("./ScanPage"));
const { Page: ImportPage } = later(() => import("@/list/ImportPage"));

interface Props {
  /** What was asked for before anything was drawn; the pages stand when it is there. */
  ahead: Promise<void>;
}

export function Pages({ ahead }: Props) {
  const token = /^\/shared\/([^/]+)\/?$/.exec(window.location.pathname)?.[1];
  const [, company, form] = /^\/open\/(\d+)\/(\w+)\/?$/.exec(window.location.pathname) ?? [];
  const isOpen = company !== undefined && form !== undefined;
  if (!token && !isOpen) return <Inside ahead={ahead} />;
  return (
    // Whoever has a link to something needs no door; nothing else is behind it.
    <BrowserRouter>
      <Suspense fallback={<Late />}>
        {token ? (
          <SharedPage token={decodeURIComponent(token)} />
        ) : (
          isOpen && <OpenForm company={company} form={form} />
        )}
      </Suspense>
    </BrowserRouter>
  );
}

function Inside({ ahead }: Props) {
  const session = useSession();
  useOwnLook(session);
  const { error, refetch } = useQuery(sessionQuery);
  const [isAhead, setAhead] = useState(false);
  useEffect(() => void ahead.then(() => setAhead(true)), [ahead]);
  if (session === undefined && error)
    return (
      <main className="door">
        <ProblemNote error={error} onRetry={() => void refetch()} />
      </main>
    );
  if (session === undefined || (session !== null && !isAhead)) return <Late />;
  if (session === null) return <SignIn />;
  return (
    // Another company is another book: no page keeps anything of the last one.
    <BrowserRouter key={session.company?.id}>
      <Routes>
        <Route element={<Frame />}>
          <Route index element={<HomePage />} />
          <Route path="activity" element={<ActivityPage />} />
          <Route path="dashboards" element={<DashboardsPage />} />
          <Route path="dashboards/:dashboard" element={<DashboardPage />} />
          <Route path="flows" element={<FlowsPage />} />
          <Route path="flows/:id" element={<FlowsPage />} />
          <Route path="rules" element={<RulesPage />} />
          <Route path="rules/:rule" element={<RulesPage />} />
          <Route path="channels" element={<ChannelsPage />} />
          <Route path="messages" element={<LogPage />} />
          <Route path="preferences" element={<PreferencesPage />} />
          <Route path="scan" element={<ScanPage />} />
          <Route path="reports/:report" element={<ReportPage />} />
          <Route path=":form" element={<ListPage />} />
          <Route path=":form/import" element={<ImportPage />} />
          <Route path=":form/new" element={<RecordPage />} />
          <Route path=":form/:id" element={<RecordPage />} />
          <Route path="*" element={<Navigate to="/" replace />} />
        </Route>
      </Routes>
    </BrowserRouter>
  );
}
