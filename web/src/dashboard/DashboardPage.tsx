/** A dashboard or workbench at its address: its filters, its tiles, and how it is handed on; or all of it on a wall. */
import { useParams, useSearchParams } from "react-router";
import { askedIn, changed } from "./address";
import { Board } from "./Board";
import { Wall } from "./Wall";
import "./dashboard.css";

export default function DashboardPage() {
  const { dashboard = "" } = useParams();
  const [search, setSearch] = useSearchParams();
  const { parameters, isWall } = askedIn(search);
  const change = (to: Record<string, string | null>) => setSearch(changed(search, to), { replace: true });
  const base = `dashboards/${dashboard}`;
  if (isWall) return <Wall key={base} base={base} asked={parameters} onLeave={() => change({ wall: null })} />;
  return <Board key={base} base={base} name={dashboard} asked={parameters} onChange={change} />;
}
