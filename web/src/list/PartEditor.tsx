/** What one chip of the filters says: a condition, or ways of which any will do, each of conditions that must all hold. */
import { CloseOutlined, PlusOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { Fragment, useState } from "react";
import { useTranslation } from "react-i18next";
import { ConditionEditor } from "./ConditionEditor";
import type { Column } from "./columns";
import { type Condition, type Part, partsOf, waysOf } from "./condition";
import { Sentence } from "./Sentence";

interface Props {
  columns: Column[];
  part?: Part | undefined;
  /** The parts that stand in its place from now on: several, where there is but one way left. */
  onDone: (parts: Part[]) => void;
}

/** The condition that is being said: which way it belongs to, and which of it. */
interface Aim {
  way: number;
  at: number;
}

const FIRST: Aim = { way: 0, at: 0 };

export default function PartEditor({ columns, part, onDone }: Props) {
  const { t } = useTranslation("list");
  const [ways, setWays] = useState<Condition[][]>(() => (part ? (waysOf(part) ?? []) : []));
  const [aim, setAim] = useState<Aim | null>(() => (part && !("field" in part) ? null : FIRST));
  const isAlone = ways.length <= 1 && (ways[0]?.length ?? 0) <= 1;

  const taken = ({ way, at }: Aim, condition: Condition) => {
    const next = ways.length > way ? ways.map((one) => [...one]) : [...ways, []];
    const row = next[way] ?? [];
    row[at] = condition;
    return next;
  };
  const without = ({ way, at }: Aim) =>
    ways.map((one, n) => (n === way ? one.filter((_, m) => m !== at) : one)).filter((one) => one.length > 0);

  if (aim)
    return (
      <ConditionEditor
        key={`${aim.way}:${aim.at}`}
        columns={columns}
        condition={ways[aim.way]?.[aim.at]}
        onDone={(condition) => {
          const next = taken(aim, condition);
          if (isAlone && aim.way === 0) onDone(partsOf(next));
          else {
            setWays(next);
            setAim(null);
          }
        }}
        onEither={
          isAlone && aim.way === 0
            ? (condition) => {
                setWays(taken(aim, condition));
                setAim({ way: 1, at: 0 });
              }
            : undefined
        }
      />
    );
  return (
    <div className="filter-editor filter-ways">
      <p className="soft">{t("anyWay")}</p>
      {ways.map((way, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: ways have nothing of their own but their place
        <Fragment key={n}>
          {n > 0 && <span className="filter-or">{t("or")}</span>}
          <div className="filter-way">
            {way.map((condition, m) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the same condition may stand there twice
              <span className="chip" key={m}>
                <button type="button" className="chip-text" onClick={() => setAim({ way: n, at: m })}>
                  <Sentence part={condition} columns={columns} />
                </button>
                <button
                  type="button"
                  className="chip-off"
                  aria-label={t("removeCondition")}
                  onClick={() => setWays(without({ way: n, at: m }))}
                >
                  <CloseOutlined aria-hidden="true" />
                </button>
              </span>
            ))}
            <Button
              type="text"
              size="small"
              icon={<PlusOutlined aria-hidden="true" />}
              onClick={() => setAim({ way: n, at: way.length })}
            >
              {t("andAlso")}
            </Button>
          </div>
        </Fragment>
      ))}
      <Button
        type="dashed"
        size="small"
        icon={<PlusOutlined aria-hidden="true" />}
        onClick={() => setAim({ way: ways.length, at: 0 })}
      >
        {t("orElse")}
      </Button>
      <div className="filter-do">
        <Button type="primary" onClick={() => onDone(partsOf(ways))}>
          {t("apply")}
        </Button>
      </div>
    </div>
  );
}
