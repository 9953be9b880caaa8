/** Before a step is taken: what it will do to balances, promises and documents, and every reason against it at once. */
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Checkbox, Drawer, Skeleton } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/api/client";
import { Effects, Refusals } from "@/behind/Effects";
import type { Refused } from "@/behind/preview";
import { Route } from "@/flow/Route";
import { ProblemNote } from "@/look/ProblemNote";
import { useShortcut } from "@/look/shortcuts";
import { useNarrow } from "@/look/useNarrow";
import { type Command, explainedQuery, preview } from "./commands";

interface Props {
  /** What is to be done, and what it is called. */
  command: Command;
  label: string;
  form: string;
  /** Its transition, for the words of what it does. */
  transition?: string;
  isIrreversible?: string | null;
  isBusy: boolean;
  error: unknown;
  onConfirm: (command: Command) => void;
  onClose: () => void;
  /** Somebody else changed what is to be saved with the step. */
  onStale: (causes: Refused["problems"]) => void;
  /** Look at the step again, of the record as it is now. */
  onAgain: () => void;
  /** A figure of the book is opened to its entries. */
  onFigure: (account: string, at: Record<string, number>) => void;
}

export function StepPanel(props: Props) {
  const { label, form, transition, isBusy, error, onConfirm, onClose } = props;
  const { t } = useTranslation("record");
  const narrow = useNarrow();
  const [withFollowers, setWithFollowers] = useState(false);
  const command: Command =
    props.command.do === "reverse" ? { ...props.command, followers: withFollowers } : props.command;
  const seen = useQuery({
    queryKey: ["preview", command],
    queryFn: ({ signal }) => preview(command, signal),
    gcTime: 0,
    staleTime: 0,
    retry: false,
  });
  const words = useQuery({ ...explainedQuery(form, transition ?? ""), enabled: transition !== undefined });
  const isPossible = seen.data?.is_possible ?? false;
  // Others are asked first: confirming only submits it.
  const route = seen.data?.route ?? [];
  const doIt = route.length > 0 ? t("flow:submit") : t("doIt", { label });
  const stale = seen.data?.refusals.find((one) => one.code === "form.stale");
  const meet = useRef(props.onStale);
  meet.current = props.onStale;
  useEffect(() => {
    if (stale) meet.current(stale.problems);
  }, [stale]);
  const isOutdated = props.command.do === "run" && (stale !== undefined || isStale(error));
  const followers = seen.data?.refusals.filter((one) => one.code === "process.has_followers") ?? [];
  const confirm = () => {
    if (isPossible && !isBusy) onConfirm(command);
  };
  // The same keys that asked for the step confirm it, wherever the focus is; so does Enter, once it is known to be possible.
  useShortcut({ keys: "$mod+Enter", label: doIt }, confirm);
  // A step that cannot be confirmed has nothing to put the focus on: Escape leaves from anywhere.
  useShortcut({ keys: "Escape", label: t("common:cancel"), whileTyping: true }, onClose);
  const sure = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isPossible) sure.current?.focus();
  }, [isPossible]);
  return (
    <Drawer
      open
      onClose={onClose}
      title={label}
      placement={narrow ? "bottom" : "right"}
      size={narrow ? "85%" : 560}
      className="step-panel"
      footer={
        <div className="step-foot">
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button type="primary" disabled={!isPossible} loading={isBusy} onClick={confirm} ref={sure}>
            {doIt}
          </Button>
        </div>
      }
    >
      <ProblemNote error={error ?? seen.error} onRetry={seen.isError ? () => void seen.refetch() : undefined} />
      {seen.isPending && <Skeleton active paragraph={{ rows: 5 }} />}
      {seen.data && (
        <>
          {props.isIrreversible && <Alert type="warning" showIcon title={props.isIrreversible} />}
          {seen.data.refusals.length > 0 && <Refusals refusals={seen.data.refusals} />}
          {isOutdated && <Button onClick={props.onAgain}>{t("lookAgain")}</Button>}
          {(followers.length > 0 || withFollowers) && (
            <Checkbox checked={withFollowers} onChange={(event) => setWithFollowers(event.target.checked)}>
              {t("withFollowers")}
            </Checkbox>
          )}
          {isPossible && route.length > 0 && (
            <section className="step-route">
              <p>{t("flow:asks")}</p>
              <Route route={route} end={label} />
              <p className="step-then">{t("flow:asksEffects")}</p>
            </section>
          )}
          {isPossible && <Effects seen={seen.data} onFigure={props.onFigure} />}
        </>
      )}
      {words.data && (
        <details className="step-words">
          <summary>{t("whatItDoes")}</summary>
          <ul>
            {words.data.sentences.map((one) => (
              <li key={one.words}>{one.words}</li>
            ))}
          </ul>
        </details>
      )}
    </Drawer>
  );
}

function isStale(error: unknown): boolean {
  return error instanceof Problem && error.code === "form.stale";
}
