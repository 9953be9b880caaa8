/** Flows: what waits for me, what I began, what I dealt with and what I am told of; the open one beside the list. */
import { LeftOutlined } from "@ant-design/icons";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Empty, Skeleton } from "antd";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import { ProblemNote } from "@/look/ProblemNote";
import { useLate } from "@/look/useLate";
import { useNarrow } from "@/look/useNarrow";
import { BulkBar } from "./BulkBar";
import { Ago, Due } from "./Due";
import { FlowView } from "./FlowView";
import { BOXES, type Box, type Flow, type FlowRow, flowsQuery, following, toneOf, waitingQuery } from "./flows";
import { inShort, useSummary } from "./useSummary";
import "./flow.css";

const isBox = (text: string | null): text is Box => (BOXES as readonly (string | null)[]).includes(text);

export default function FlowsPage() {
  const { t } = useTranslation("flow");
  const narrow = useNarrow();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const { id } = useParams();
  const asked = search.get("box");
  const box: Box = isBox(asked) ? asked : "waiting";
  const found = useInfiniteQuery(flowsQuery(box));
  const rows = useMemo(() => (found.data?.pages ?? []).flatMap((page) => page.rows), [found.data]);
  const opened = id !== undefined && /^\d{1,15}$/.test(id) ? Number(id) : null;
  const shown = opened ?? (narrow ? null : (rows[0]?.id ?? null));
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [wantsFocus, setWantsFocus] = useState<number | null>(null);
  const addressOf = (flow: number | null) =>
    `/flows${flow === null ? "" : `/${flow}`}${box === "waiting" ? "" : `?box=${box}`}`;
  useEffect(() => {
    document.title = t("title");
  }, [t]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another box has other flows
  useEffect(() => setChosen(new Set()), [box]);
  // What is not there any more is not chosen either.
  const picked = rows.filter((one) => chosen.has(one.id));

  const open = (flow: number, takesFocus: boolean) => {
    setWantsFocus(takesFocus ? flow : null);
    void navigate(addressOf(flow), { replace: opened !== null && !narrow });
  };
  const isDone = (flow: Flow) => {
    if (box !== "waiting" || flow.can.includes("agree")) return;
    if (narrow) return void navigate(addressOf(null), { replace: true });
    const next = following(rows, flow.id);
    setWantsFocus(next);
    void navigate(addressOf(next), { replace: true });
  };

  const view = shown !== null && (
    <FlowView
      key={shown}
      id={shown}
      known={rows.find((one) => one.id === shown)}
      takesFocus={!narrow && wantsFocus === shown}
      onDone={isDone}
    />
  );
  if (narrow && opened !== null)
    return (
      <div className="flows is-narrow has-flow">
        <Link to={addressOf(null)} className="flows-back">
          <LeftOutlined aria-hidden="true" /> {t(`box.${box}`)}
        </Link>
        {view}
      </div>
    );
  return (
    <div className={narrow ? "flows is-narrow" : "flows"}>
      <div className="side">
        <h1>{t("title")}</h1>
        <Boxes box={box} />
        {picked.length > 0 && (
          <BulkBar
            flows={picked}
            onDone={() => setChosen(new Set())}
            onClear={() => setChosen(new Set())}
            onAll={() => setChosen(new Set(rows.filter((one) => one.can.includes("agree")).map((one) => one.id)))}
            all={rows.filter((one) => one.can.includes("agree")).length}
          />
        )}
        <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
        {found.isPending && <Late />}
        {!found.isPending && !found.error && rows.length === 0 && (
          <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t(`empty.${box}`)} />
        )}
        <Rows
          rows={rows}
          shown={narrow ? null : shown}
          chosen={chosen}
          addressOf={addressOf}
          mayChoose={box === "waiting"}
          onOpen={open}
          onChoose={(flow) => setChosen(toggled(chosen, flow))}
        />
        {found.hasNextPage && (
          <Button block onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>
            {t("older")}
          </Button>
        )}
      </div>
      {!narrow && <div className="flows-main">{view || <p className="soft flows-none">{t("noneOpen")}</p>}</div>}
    </div>
  );
}

function Late() {
  return useLate() ? <Skeleton active paragraph={{ rows: 6 }} /> : null;
}

function Boxes({ box }: { box: Box }) {
  const { t } = useTranslation("flow");
  const waiting = useQuery(waitingQuery).data ?? 0;
  return (
    <nav className="flow-boxes" aria-label={t("boxes")}>
      {BOXES.map((one) => (
        <Link
          key={one}
          to={one === "waiting" ? "/flows" : `/flows?box=${one}`}
          className={one === box ? "chosen" : undefined}
          aria-current={one === box ? "page" : undefined}
        >
          {t(`box.${one}`)}
          {one === "waiting" && waiting > 0 && <span className="flow-count figure">{waiting}</span>}
        </Link>
      ))}
    </nav>
  );
}

interface RowsProps {
  rows: FlowRow[];
  shown: number | null;
  chosen: ReadonlySet<number>;
  mayChoose: boolean;
  addressOf: (flow: number) => string;
  onOpen: (flow: number, takesFocus: boolean) => void;
  onChoose: (flow: number) => void;
}

/** Arrows lead from flow to flow and open them; Enter goes on to the open one, where it agrees. */
function Rows({ rows, shown, chosen, mayChoose, addressOf, onOpen, onChoose }: RowsProps) {
  const { t } = useTranslation("flow");
  const narrow = useNarrow();
  const list = useRef<HTMLUListElement>(null);
  const walk = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const links = [...(list.current?.querySelectorAll<HTMLElement>("a.flow-row") ?? [])];
    const at = links.indexOf(event.target as HTMLElement);
    if (at < 0) return;
    const row = rows[at];
    if (event.key === " " && row && mayChoose) {
      event.preventDefault();
      return onChoose(row.id);
    }
    if (event.key === "Enter" && row && !narrow) {
      event.preventDefault();
      return onOpen(row.id, true);
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const next = step === undefined ? undefined : rows[at + step];
    if (step === undefined || !next) return;
    event.preventDefault();
    links[at + step]?.focus();
    if (!narrow) onOpen(next.id, false);
  };
  return (
    <ul className="flow-rows" ref={list} onKeyDown={walk}>
      {rows.map((one) => (
        <li key={one.id} className={one.id === shown ? "is-shown" : undefined}>
          {mayChoose && one.can.includes("agree") && (
            <Checkbox
              className="flow-pick"
              checked={chosen.has(one.id)}
              onChange={() => onChoose(one.id)}
              aria-label={t("choose", { title: one.title ?? `#${one.record}` })}
            />
          )}
          <Link
            to={addressOf(one.id)}
            className="flow-row"
            aria-current={one.id === shown ? "true" : undefined}
            onClick={(event) => {
              if (narrow || event.ctrlKey || event.metaKey || event.shiftKey) return;
              event.preventDefault();
              onOpen(one.id, false);
            }}
          >
            <span className="flow-row-head">
              <b>{one.title ?? `#${one.record}`}</b>
              <Ago at={one.at} />
            </span>
            <span className="soft">
              {one.form_label} · {one.transition_label}
            </span>
            <Said flow={one} />
            <span className="flow-row-foot soft">
              <span>{one.by.title}</span>
              {one.state === "running" ? (
                <>
                  <span>{one.step_label}</span>
                  <Due due={one.due} />
                </>
              ) : (
                <span className={`pill ${toneOf(one.state)}`}>{one.state_label}</span>
              )}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Said({ flow }: { flow: FlowRow }) {
  const words = inShort(useSummary(flow), flow.title, 3);
  return words.length > 0 && <span className="flow-row-told">{words.join(" · ")}</span>;
}

function toggled(chosen: ReadonlySet<number>, flow: number): ReadonlySet<number> {
  const next = new Set(chosen);
  if (!next.delete(flow)) next.add(flow);
  return next;
}
