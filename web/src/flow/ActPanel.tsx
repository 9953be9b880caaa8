/** What I may do with a flow: agree at once, or say why not, send it back, hand it on, or ask somebody else as well. */
import { DownOutlined } from "@ant-design/icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Dropdown, Input, Popconfirm, Radio } from "antd";
import type { TextAreaRef } from "antd/es/input/TextArea";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { actionKey, Problem } from "@/api/client";
import type { FlowAct, Linked } from "@/api/types";
import { PeoplePicker } from "@/fields/PeoplePicker";
import { useMessage } from "@/look/messages";
import { ProblemNote } from "@/look/ProblemNote";
import { useShortcut, useWritten } from "@/look/shortcuts";
import { useNarrow } from "@/look/useNarrow";
import { AnswerFiles } from "./AnswerFiles";
import { type Flow, type FlowDeed, type FlowFile, flowQuery, nameOf, perform, refresh } from "./flows";
import { Moving } from "./Moving";
import "./flow.css";

interface Props {
  flow: Flow;
  /** Puts the focus on agreeing, so that Enter does it. */
  takesFocus?: boolean;
  onDone: (flow: Flow) => void;
}

type Mode = "return" | "transfer" | "add";

/** Done without a word to it. */
const WORDLESS: ReadonlySet<string> = new Set(["resubmit", "retry", "move"]);

/** Goes back to whoever submitted it. */
const SUBMITTER = "";

export function ActPanel({ flow, takesFocus = false, onDone }: Props) {
  const { t } = useTranslation("flow");
  const narrow = useNarrow();
  const written = useWritten();
  const message = useMessage();
  const queries = useQueryClient();
  const [comment, setComment] = useState("");
  const [files, setFiles] = useState<FlowFile[]>([]);
  const [mode, setMode] = useState<Mode | null>(null);
  const [isMoving, setMoving] = useState(false);
  const [asks, setAsks] = useState(false);
  const said = useRef<TextAreaRef>(null);
  const agree = useRef<HTMLButtonElement>(null);
  const act = useRef({ of: "", key: "" });
  const may = (what: FlowAct) => flow.can.includes(what);

  const run = useMutation({
    mutationFn: (deed: FlowDeed) => {
      // The same act again, after no answer came, is done once.
      const of = JSON.stringify(deed);
      if (act.current.of !== of) act.current = { of, key: actionKey() };
      return perform(flow.id, flow.task, deed, act.current.key);
    },
    onSuccess: async (after, deed) => {
      act.current = { of: "", key: "" };
      setComment("");
      setFiles([]);
      setMode(null);
      setMoving(false);
      queries.setQueryData(flowQuery(flow.id).queryKey, after);
      void message.success({ content: <span role="status">{t(`did.${deed.do}`, { title: nameOf(flow) })}</span> });
      if (after.state === "stuck") void message.warning(t("stuckNow"), 6);
      onDone(after);
      await refresh(queries, flow);
    },
    onError: (error) => {
      if (error instanceof Problem && error.status !== 0) act.current = { of: "", key: "" };
      // Somebody else was quicker, perhaps: what there is now is shown.
      void queries.invalidateQueries({ queryKey: flowQuery(flow.id).queryKey });
    },
  });
  const does = (deed: FlowDeed) => {
    if (run.isPending) return;
    if (WORDLESS.has(deed.do)) return run.mutate(deed);
    const along = deed.do === "withdraw" ? {} : { files: files.map((one) => one.id) };
    run.mutate({ ...deed, comment, ...along } as FlowDeed);
  };
  const refuse = () => {
    if (comment.trim()) return does({ do: "refuse" });
    setAsks(true);
    said.current?.focus();
  };

  useShortcut({ keys: "$mod+Enter", label: t("act.agree"), disabled: !may("agree") || mode !== null }, () =>
    does({ do: "agree" }),
  );
  const isReady = takesFocus && may("agree");
  // biome-ignore lint/correctness/useExhaustiveDependencies: each flow that comes into sight takes the focus once
  useEffect(() => {
    if (isReady) agree.current?.focus({ preventScroll: true });
  }, [isReady, flow.id]);

  if (flow.can.length === 0) return null;
  const needsWords = flow.task !== null && (may("agree") || may("refuse"));
  const more = (
    [
      ["return", may("return")],
      ["transfer", may("transfer")],
      ["add", may("add_before") || may("add_after")],
    ] as const
  ).filter(([, is]) => is);
  const hint = (keys: string) => (narrow ? undefined : written(keys));
  return (
    <section className={narrow ? "act-panel is-narrow" : "act-panel"} aria-label={t("acts")}>
      <ProblemNote error={run.error} hasRows={false} />
      {needsWords && mode === null && (
        <div className="act-words">
          <Input.TextArea
            ref={said}
            value={comment}
            onChange={(event) => {
              setComment(event.target.value);
              setAsks(false);
            }}
            autoSize={{ minRows: 1, maxRows: 5 }}
            maxLength={2000}
            placeholder={t("commentHint")}
            aria-label={t("comment")}
            aria-invalid={asks}
            aria-describedby={asks ? "act-why" : undefined}
            status={asks ? "error" : ""}
          />
          {asks && (
            <span className="wrong" id="act-why" role="alert">
              {t("sayWhy")}
            </span>
          )}
          {flow.readable && <AnswerFiles flow={flow} files={files} onChange={setFiles} />}
        </div>
      )}
      {mode !== null && (
        <Deciding
          key={mode}
          mode={mode}
          flow={flow}
          comment={comment}
          onComment={setComment}
          files={files}
          onFiles={setFiles}
          isBusy={run.isPending}
          onDo={does}
          onCancel={() => setMode(null)}
        />
      )}
      {mode === null && (
        <div className="act-buttons">
          {may("agree") && (
            <Button
              type="primary"
              ref={agree}
              className="act-agree"
              loading={run.isPending}
              onClick={() => does({ do: "agree" })}
              onKeyDown={onlyOnce}
              title={hint("$mod+Enter")}
            >
              {t("act.agree")}
            </Button>
          )}
          {may("refuse") && (
            <Button danger disabled={run.isPending} onClick={refuse}>
              {t("act.refuse")}
            </Button>
          )}
          {!narrow &&
            more.map(([name]) => (
              <Button key={name} disabled={run.isPending} onClick={() => setMode(name)}>
                {t(`act.${name}`)}
              </Button>
            ))}
          {narrow && more.length > 0 && (
            <Dropdown
              trigger={["click"]}
              placement="topRight"
              menu={{
                items: more.map(([name]) => ({ key: name, label: t(`act.${name}`), onClick: () => setMode(name) })),
              }}
            >
              <Button icon={<DownOutlined aria-hidden="true" rotate={180} />} iconPlacement="end">
                {t("common:more")}
              </Button>
            </Dropdown>
          )}
          {may("retry") && (
            <Button type="primary" loading={run.isPending} onClick={() => does({ do: "retry" })}>
              {t("act.retry")}
            </Button>
          )}
          {may("resubmit") && (
            <Button type="primary" loading={run.isPending} onClick={() => does({ do: "resubmit" })}>
              {t("act.resubmit")}
            </Button>
          )}
          {may("withdraw") && (
            <Popconfirm
              title={t("withdrawAsk")}
              description={t("withdrawHelp")}
              onConfirm={() => does({ do: "withdraw" })}
            >
              <Button disabled={run.isPending}>{t("act.withdraw")}</Button>
            </Popconfirm>
          )}
          {may("move") && (
            <Button type="text" disabled={run.isPending} onClick={() => setMoving(true)}>
              {t("act.move")}
            </Button>
          )}
        </div>
      )}
      {isMoving && (
        <Moving
          flow={flow}
          isBusy={run.isPending}
          onMove={() => does({ do: "move" })}
          onClose={() => setMoving(false)}
        />
      )}
    </section>
  );
}

/** A key that is held down agrees to one flow, not to all that follow. */
function onlyOnce(event: KeyboardEvent) {
  if (event.repeat) event.preventDefault();
}

interface DecidingProps {
  mode: Mode;
  flow: Flow;
  comment: string;
  onComment: (comment: string) => void;
  files: FlowFile[];
  onFiles: (files: FlowFile[]) => void;
  isBusy: boolean;
  onDo: (deed: FlowDeed) => void;
  onCancel: () => void;
}

/** What has to be chosen first: the step to go back to, or the people to ask. */
function Deciding({ mode, flow, comment, onComment, files, onFiles, isBusy, onDo, onCancel }: DecidingProps) {
  const { t } = useTranslation("flow");
  const [step, setStep] = useState(SUBMITTER);
  const [people, setPeople] = useState<Linked[]>([]);
  const sides = (["before", "after"] as const).filter((one) => flow.can.includes(`add_${one}`));
  const [where, setWhere] = useState<"before" | "after">(sides[0] ?? "after");
  useShortcut({ keys: "Escape", label: t("common:cancel"), whileTyping: true }, onCancel);
  const isReady = mode === "return" ? comment.trim() !== "" : people.length > 0;
  const confirm = () => {
    const to = people.map((one) => one.id);
    if (mode === "return") onDo({ do: "return", to_step: step === SUBMITTER ? null : step });
    else if (mode === "transfer") onDo({ do: "transfer", to: to[0] ?? 0 });
    else onDo({ do: "add", to, where });
  };
  return (
    <fieldset className="deciding">
      <legend>{t(`act.${mode}`)}</legend>
      {mode === "return" && (
        <Radio.Group
          value={step}
          onChange={(event) => setStep(String(event.target.value))}
          options={[
            { value: SUBMITTER, label: t("toSubmitter", { name: flow.by.title ?? "" }) },
            ...flow.returns.map((one) => ({
              value: one.step,
              label: one.label,
            })),
          ]}
        />
      )}
      {mode !== "return" && (
        <PeoplePicker
          from={`${flow.form}/${flow.record}/readers`}
          label={t(mode === "transfer" ? "whoInstead" : "whoAsWell")}
          value={people}
          onChange={setPeople}
          single={mode === "transfer"}
          autoFocus
        />
      )}
      {mode === "add" && sides.length > 1 && (
        <Radio.Group
          value={where}
          onChange={(event) => setWhere(event.target.value === "before" ? "before" : "after")}
          options={sides.map((one) => ({ value: one, label: t(`add.${one}`) }))}
        />
      )}
      <Input.TextArea
        value={comment}
        onChange={(event) => onComment(event.target.value)}
        autoSize={{ minRows: 2, maxRows: 5 }}
        maxLength={2000}
        placeholder={t(mode === "return" ? "whyReturned" : "commentHint")}
        aria-label={t("comment")}
      />
      {flow.readable && <AnswerFiles flow={flow} files={files} onChange={onFiles} />}
      <div className="act-buttons">
        <Button type="primary" disabled={!isReady} loading={isBusy} onClick={confirm}>
          {t("common:confirm")}
        </Button>
        <Button onClick={onCancel}>{t("common:cancel")}</Button>
      </div>
    </fieldset>
  );
}
