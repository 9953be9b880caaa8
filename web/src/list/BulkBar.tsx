/** What can be done with the chosen rows, all at once; it stands where the conditions stood. */
import { CloseOutlined, DeleteOutlined, DownOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Button, Dropdown, Popconfirm } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/queries";
import type { Form, Transition } from "@/api/types";
import { useMessage } from "@/look/messages";
import { useNarrow } from "@/look/useNarrow";
import { type Act, type Chosen, inBulk, type Result } from "./bulk";

const BulkResults = lazy(() => import("./BulkResults"));

interface Props {
  form: Form;
  chosen: Chosen[];
  isBin: boolean;
  /** Whether rows are being chosen, though none is yet. */
  isChoosing?: boolean;
  onClear: () => void;
}

/** So many steps stand beside each other, the others behind a button. */
const FIRST = 3;
const FIRST_NARROW = 1;
/** Long enough to be noticed, short enough not to be in the way. */
const UNDO_SECONDS = 8;

export function BulkBar({ form, chosen, isBin, isChoosing = false, onClear }: Props) {
  const { t } = useTranslation("list");
  const message = useMessage();
  const queries = useQueryClient();
  const first = useNarrow() ? FIRST_NARROW : FIRST;
  const [done, setDone] = useState<number | null>(null);
  const [failed, setFailed] = useState<{ label: string; results: Result[]; chosen: Chosen[] } | null>(null);
  const [asks, setAsks] = useState<string | null>(null);

  const steps = isBin
    ? []
    : form.transitions.filter(
        (step) => step.may_run && chosen.some((one) => one.state !== null && step.from.includes(one.state)),
      );
  const fitting = (step: Transition) => chosen.filter((one) => one.state !== null && step.from.includes(one.state));

  const run = async (label: string, act: Act, records: Chosen[], inverse: Act | null) => {
    setDone(0);
    const results = await inBulk(form.form, act, records, setDone);
    setDone(null);
    const good = results.filter((one) => one.ok);
    const waiting = good.filter((one) => one.flow);
    // What waits for agreement has not happened: there is nothing to undo.
    const back = waiting.length < good.length ? inverse : null;
    if (good.length < results.length) setFailed({ label, results, chosen: records });
    if (good.length > 0) {
      const key = `bulk ${Date.now()}`;
      const undo = async () => {
        message.destroy(key);
        if (!back) return;
        const undone = await inBulk(
          form.form,
          back,
          good
            .filter((one) => !one.flow)
            .map(({ id, version }) => ({ id, version: "restore" in back ? undefined : version })),
        );
        if (undone.some((one) => !one.ok)) setFailed({ label: t("undo"), results: undone, chosen: records });
        else void message.success(t("undone"));
        await refresh();
      };
      void message.open({
        key,
        type: "success",
        duration: back ? UNDO_SECONDS : 3,
        content: (
          <span>
            {waiting.length < good.length && `${t("bulkDone", { label, count: good.length - waiting.length })} `}
            {waiting.length > 0 && `${t("flow:submittedCount", { count: waiting.length })}`}
            {back && (
              <Button type="link" size="small" onClick={() => void undo()}>
                {t("undo")}
              </Button>
            )}
          </span>
        ),
      });
      onClear();
    }
    await refresh();
  };
  const refresh = async () => {
    await queries.invalidateQueries({ queryKey: keys.lists(form.form) });
    await queries.invalidateQueries({ queryKey: ["record", form.form] });
    await queries.invalidateQueries({ queryKey: keys.home });
  };

  const step = (one: Transition) => {
    const records = fitting(one);
    const inverse = one.reversible && one.may_reverse ? ({ reverse: true } as const) : null;
    void run(one.label, { transition: one.name }, records, inverse);
  };
  const asked = steps.find((one) => one.name === asks);

  return (
    <>
      {(chosen.length > 0 || isChoosing) && (
        <div className="bulk" role="toolbar" aria-label={t("bulk")}>
          <strong aria-live="polite">
            {done === null
              ? t(chosen.length > 0 ? "chosen" : "choose", { count: chosen.length })
              : t("working", { done, count: chosen.length })}
          </strong>
          {steps.slice(0, first).map((one) => (
            <Popconfirm
              key={one.name}
              title={t("bulkAsk", { label: one.label, count: fitting(one).length })}
              description={explained(one, chosen.length - fitting(one).length)}
              onConfirm={() => step(one)}
            >
              <Button size="small" disabled={done !== null}>
                {one.label}
              </Button>
            </Popconfirm>
          ))}
          {steps.length > first && (
            <Popconfirm
              open={asked !== undefined}
              title={asked ? t("bulkAsk", { label: asked.label, count: fitting(asked).length }) : ""}
              description={asked && explained(asked, chosen.length - fitting(asked).length)}
              onConfirm={() => {
                setAsks(null);
                if (asked) step(asked);
              }}
              onCancel={() => setAsks(null)}
            >
              <Dropdown
                trigger={["click"]}
                menu={{
                  items: steps.slice(first).map((one) => ({ key: one.name, label: one.label })),
                  onClick: ({ key }) => setAsks(key),
                }}
              >
                <Button
                  size="small"
                  disabled={done !== null}
                  icon={<DownOutlined aria-hidden="true" />}
                  iconPlacement="end"
                >
                  {t("common:more")}
                </Button>
              </Dropdown>
            </Popconfirm>
          )}
          {isBin ? (
            <Button
              size="small"
              disabled={done !== null || chosen.length === 0}
              onClick={() => void run(t("restore"), { restore: true }, chosen, null)}
            >
              {t("restore")}
            </Button>
          ) : (
            form.rights.delete !== "none" && (
              <Button
                size="small"
                danger
                icon={<DeleteOutlined aria-hidden="true" />}
                disabled={done !== null || chosen.length === 0}
                onClick={() => void run(t("common:delete"), { bin: true }, chosen, { restore: true })}
              >
                {t("common:delete")}
              </Button>
            )
          )}
          <span className="bulk-space" />
          <Button
            size="small"
            type="text"
            icon={<CloseOutlined aria-hidden="true" />}
            disabled={done !== null}
            onClick={onClear}
          >
            {t("clearChoice")}
          </Button>
        </div>
      )}
      {failed && (
        <Suspense>
          <BulkResults {...failed} form={form.form} onClose={() => setFailed(null)} />
        </Suspense>
      )}
    </>
  );

  function explained(one: Transition, left: number) {
    const said = [one.irreversible ?? "", left > 0 ? t("leftOut", { count: left }) : ""].filter(Boolean);
    return said.length > 0 ? said.join(" · ") : undefined;
  }
}
