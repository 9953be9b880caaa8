/** Every address and the page behind it. What is not needed on the way from the door to a list loads when it is asked for. */
import { useQuery } from "@tanstack/react-query";
import { Spin } from "antd";
import { lazy } from "react";
import { BrowserRouter, Navigate, Route, Routes } from "react-router";
import { sessionQuery } from "@/api/queries";
import { ProblemNote } from "@/look/ProblemNote";
import { PAGES } from "./ahead";
import { Frame } from "./Frame";
import { SignIn } from "./SignIn";
import { useOwnLook, useSession } from "./session";

const HomePage = lazy(PAGES.home);
const ActivityPage = lazy(() => import("./ActivityPage"));
const DashboardsPage = lazy(() => import("./DashboardsPage"));
const FlowsPage = lazy(() => import("./FlowsPage"));
const ScanPage = lazy(() => import("./ScanPage"));
const ListPage = lazy(PAGES.list);
const ImportPage = lazy(() => import("@/list/ImportPage"));
const RecordPage = lazy(PAGES.record);
const ReportPage = lazy(PAGES.report);

export function Pages() {
  const session = useSession();
  useOwnLook(session);
  const { error, refetch } = useQuery(sessionQuery);
  if (session === undefined && error)
    return (
      <main className="door">
        <ProblemNote error={error} onRetry={() => void refetch()} />
      </main>
    );
  if (session === undefined) return <Spin fullscreen />;
  if (session === null) return <SignIn />;
  return (
    // Another company is another book: no page keeps anything of the last one.
    <BrowserRouter key={session.company?.id}>
      <Routes>
        <Route element={<Frame />}>
          <Route index element={<HomePage />} />
          <Route path="activity" element={<ActivityPage />} />
          <Route path="dashboards" element={<DashboardsPage />} />
          <Route path="flows" element={<FlowsPage />} />
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
