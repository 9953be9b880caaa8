/** One flow, with all that one must know to decide: the record in short, what the step will do, and who has said what. */
import { useQuery } from "@tanstack/react-query";
import { Alert, Skeleton, Tabs } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { formQuery } from "@/api/queries";
import { Effects, Refusals } from "@/behind/Effects";
import { instantText } from "@/look/figures";
import { ProblemNote } from "@/look/ProblemNote";
import { Activity } from "@/talk/Activity";
import { FileLinks } from "@/talk/FileLinks";
import { Files } from "@/talk/Files";
import { ActPanel } from "./ActPanel";
import { Due } from "./Due";
import { type Flow, type FlowRow, flowQuery, toneOf } from "./flows";
import { Route } from "./Route";
import { useSummary } from "./useSummary";
import "./flow.css";

const BehindFigure = lazy(() => import("@/behind/BehindFigure"));

interface Props {
  id: number;
  /** What is known of it already, from a list. */
  known?: FlowRow | undefined;
  takesFocus?: boolean;
  onDone: (flow: Flow) => void;
}

export function FlowView({ id, known, takesFocus, onDone }: Props) {
  const found = useQuery(flowQuery(id));
  const head = found.data ?? known;
  if (!head)
    return found.error ? (
      <div className="flow">
        <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      </div>
    ) : (
      <div className="flow" aria-busy="true">
        <Skeleton active paragraph={{ rows: 6 }} />
      </div>
    );
  return (
    <article className="flow" aria-labelledby={`flow-${id}`}>
      <Head flow={head} />
      <div className="flow-body">
        <Summary flow={head} />
        <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
        {found.data ? <Told flow={found.data} /> : !found.error && <Skeleton active paragraph={{ rows: 6 }} />}
      </div>
      {found.data && <ActPanel key={id} flow={found.data} takesFocus={takesFocus ?? false} onDone={onDone} />}
    </article>
  );
}

function Head({ flow }: { flow: FlowRow }) {
  const { t } = useTranslation("flow");
  return (
    <header className="flow-head">
      <p className="soft">
        {flow.form_label} · {flow.transition_label}
      </p>
      <h2 id={`flow-${flow.id}`}>
        {flow.readable ? (
          <Link to={`/${flow.form}/${flow.record}`}>{flow.title ?? `#${flow.record}`}</Link>
        ) : (
          <span>#{flow.record}</span>
        )}
        <span className={`pill ${toneOf(flow.state)}`}>{flow.state_label}</span>
        <Due due={flow.state === "running" ? flow.due : null} />
      </h2>
      <p className="soft">
        {t("by", { name: flow.by.title ?? "" })} · <span className="figure">{instantText(flow.at)}</span>
      </p>
    </header>
  );
}

function Summary({ flow }: { flow: FlowRow }) {
  const { t } = useTranslation("flow");
  const summary = useSummary(flow);
  if (!flow.readable) return <p className="soft">{t("notReadable")}</p>;
  if (summary.length === 0) return null;
  return (
    <dl className="flow-summary">
      {summary.map((one) => (
        <div key={one.label}>
          <dt>{one.label}</dt>
          <dd>{one.text}</dd>
        </div>
      ))}
    </dl>
  );
}

function Told({ flow }: { flow: Flow }) {
  const { t } = useTranslation("flow");
  const [figure, setFigure] = useState<{ account: string; at: Record<string, number> } | null>(null);
  const isOpen = flow.state === "running" || flow.state === "stuck" || flow.state === "returned";
  return (
    <>
      {flow.refusal && (
        <Alert
          type="error"
          showIcon
          title={t("stuck")}
          description={
            <>
              {flow.refusal.text}
              {flow.refusal.problems.length > 0 && (
                <ul className="causes">
                  {flow.refusal.problems.map((one) => (
                    <li key={one}>{one}</li>
                  ))}
                </ul>
              )}
            </>
          }
        />
      )}
      {isOpen && flow.preview && (
        <section>
          <h3>{t("willDo")}</h3>
          {flow.preview.refusals.length > 0 && <Refusals refusals={flow.preview.refusals} />}
          {flow.preview.is_possible && (
            <Effects seen={flow.preview} onFigure={(account, at) => setFigure({ account, at })} />
          )}
        </section>
      )}
      <section>
        <h3>{t("route")}</h3>
        <Route
          route={flow.route}
          of={flow}
          begun={{ by: flow.by, at: flow.at }}
          end={flow.transition_label}
          isOver={flow.state === "done"}
        />
        {flow.cc.length > 0 && (
          <p className="route-cc soft">
            {t("told", { names: flow.cc.map((one) => one.title ?? `#${one.id}`).join(t("listComma")) })}
          </p>
        )}
      </section>
      {flow.events.length > 0 && (
        <details className="flow-events">
          <summary>{t("events", { count: flow.events.length })}</summary>
          <ol>
            {flow.events.map((one, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: what happened stays in its place
              <li key={place}>
                <time className="soft figure">{instantText(one.at)}</time> {one.by.title} {one.label}
                {one.to.length > 0 && ` ${one.to.map((person) => person.title).join(t("listComma"))}`}
                {one.on_behalf_of && ` ${t("onBehalfOf", { name: one.on_behalf_of.title ?? "" })}`}
                {one.step_label && <span className="soft"> · {one.step_label}</span>}
                {one.comment && <q className="route-comment">{one.comment}</q>}
                <FileLinks form={flow.form} record={flow.record} files={one.files} />
              </li>
            ))}
          </ol>
        </details>
      )}
      {flow.readable && <Beside flow={flow} />}
      {figure && (
        <Suspense>
          <BehindFigure title={t("record:why.title")} figure={figure} onClose={() => setFigure(null)} />
        </Suspense>
      )}
    </>
  );
}

/** What was said and put beside the record. */
function Beside({ flow }: { flow: Flow }) {
  const { t } = useTranslation("record");
  const described = useQuery(formQuery(flow.form));
  if (!described.data) return null;
  return (
    <Tabs
      size="small"
      className="flow-beside"
      items={[
        { key: "files", label: t("files"), children: <Files form={flow.form} id={flow.record} /> },
        { key: "activity", label: t("activity"), children: <Activity form={described.data} id={flow.record} /> },
      ]}
    />
  );
}
