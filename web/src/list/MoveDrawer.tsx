/** What a step would do to a card, with every reason against it; then, if it may, the step. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Drawer, Segmented, Skeleton } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { actionKey, api, type ProblemBody } from "@/api/client";
import { keys } from "@/api/queries";
import type { Form, Linked, Outcome } from "@/api/types";
import { grouped, trimmed } from "@/look/figures";
import { useMessage } from "@/look/messages";
import { ProblemNote } from "@/look/ProblemNote";
import type { Moving } from "./Board";
import { Reasons } from "./BulkResults";

interface BalanceShown {
  label: string;
  places: Record<string, Linked>;
  quantity: [string, string] | null;
  amount: [string, string] | null;
}

interface Preview {
  is_possible: boolean;
  refusals: ProblemBody[];
  balances: BalanceShown[];
  created: { form: string; label: string }[];
}

interface Props {
  form: Form;
  moving: Moving;
  onClose: () => void;
}

export default function MoveDrawer({ form, moving, onClose }: Props) {
  const { t } = useTranslation("list");
  const message = useMessage();
  const queries = useQueryClient();
  const { row, title, steps } = moving;
  const [name, setName] = useState(steps[0]?.name ?? "");
  const step = steps.find((one) => one.name === name);
  const version = typeof row.version === "number" ? row.version : undefined;
  const body = version === undefined ? {} : { expected_version: version };
  const preview = useQuery({
    queryKey: [...keys.record(form.form, row.id), "preview", name, version],
    queryFn: () => api.post<Preview>(`${form.form}/${row.id}/${name}/preview`, body),
    staleTime: 0,
  });
  // One key for this step of this card, however often it is sent.
  const key = useRef<Record<string, string>>({});
  const run = useMutation({
    mutationFn: () => {
      key.current[name] ??= actionKey();
      return api.post<Outcome>(`${form.form}/${row.id}/${name}`, body, { key: key.current[name] as string });
    },
    onSuccess: async () => {
      void message.success(t("bulkDone", { label: step?.label ?? "", count: 1 }));
      onClose();
      await queries.invalidateQueries({ queryKey: keys.lists(form.form) });
      await queries.invalidateQueries({ queryKey: keys.record(form.form, row.id) });
      await queries.invalidateQueries({ queryKey: keys.home });
    },
  });
  const found = preview.data;
  return (
    <Drawer
      open
      size={420}
      onClose={onClose}
      title={`${title} · ${step?.label ?? ""}`}
      footer={
        <div className="drawer-foot">
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button type="primary" disabled={!found?.is_possible} loading={run.isPending} onClick={() => run.mutate()}>
            {step?.label}
          </Button>
        </div>
      }
    >
      <div className="move" aria-live="polite">
        {steps.length > 1 && (
          <Segmented
            value={name}
            onChange={setName}
            options={steps.map((one) => ({ value: one.name, label: one.label }))}
          />
        )}
        {preview.isPending && <Skeleton active />}
        <ProblemNote error={preview.error ?? run.error} onRetry={() => void preview.refetch()} />
        {found && !found.is_possible && (
          <section>
            <h3>{t("notPossible")}</h3>
            {found.refusals.map((one) => (
              <Reasons key={one.code + one.detail} problem={one} />
            ))}
          </section>
        )}
        {found?.is_possible && (
          <>
            <p>{t("willMove", { title, to: form.states.find((one) => one.name === step?.to)?.label ?? step?.to })}</p>
            {step?.irreversible && <p className="negative">{step.irreversible}</p>}
            {found.created.length > 0 && (
              <section>
                <h3>{t("willCreate")}</h3>
                <ul>
                  {[...counted(found.created.map((one) => one.label))].map(([label, times]) => (
                    <li key={label}>{times > 1 ? `${label} × ${times}` : label}</li>
                  ))}
                </ul>
              </section>
            )}
            {found.balances.length > 0 && (
              <section>
                <h3>{t("willChange")}</h3>
                <ul className="move-balances">
                  {found.balances.map((one) => (
                    <li key={`${one.label} ${JSON.stringify(one.places)}`}>
                      <span>
                        {one.label}
                        <span className="soft">
                          {" "}
                          {Object.values(one.places)
                            .map((place) => place.title ?? `#${place.id}`)
                            .join(" · ")}
                        </span>
                      </span>
                      <Change pair={one.quantity} />
                      <Change pair={one.amount} isMoney />
                    </li>
                  ))}
                </ul>
              </section>
            )}
          </>
        )}
      </div>
    </Drawer>
  );
}

function counted(labels: string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const label of labels) found.set(label, (found.get(label) ?? 0) + 1);
  return found;
}

function Change({ pair, isMoney = false }: { pair: [string, string] | null; isMoney?: boolean }) {
  if (!pair || pair[0] === pair[1]) return null;
  const [before, after] = pair.map((one) => grouped(isMoney ? one : trimmed(one)));
  return (
    <span className="figure">
      {before} → <strong>{after}</strong>
    </span>
  );
}
