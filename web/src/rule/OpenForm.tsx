/** A form that is open to the public: whoever has its address fills it in, without a login and without a way to anything else. */
import { CheckCircleFilled } from "@ant-design/icons";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Button, Skeleton } from "antd";
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { actionKey, api, Problem } from "@/api/client";
import type { Value } from "@/api/types";
import { FieldEditor } from "@/fields/FieldEditor";
import { isBlank } from "@/fields/shape";
import { ProblemNote } from "@/look/ProblemNote";
import { useLate } from "@/look/useLate";
import { type OpenField, openQuery } from "./rules";
import "./open.css";

interface Props {
  company: string;
  form: string;
}

type Values = Record<string, Value>;

export default function OpenForm({ company, form }: Props) {
  const { t, i18n } = useTranslation("rule");
  const language = i18n.language;
  const described = useQuery({ ...openQuery(company, form, language), retry: false });
  const [values, setValues] = useState<Values>({});
  // People never see it; what fills in everything fills it in too.
  const [trap, setTrap] = useState("");
  const [isTried, setTried] = useState(false);
  // The same sheet sent again, after no answer came, is taken once.
  const key = useRef(actionKey());
  const head = useRef<HTMLHeadingElement>(null);
  const label = described.data?.label;
  useEffect(() => {
    if (label) document.title = label;
  }, [label]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const send = useMutation({
    mutationFn: (given: Values) =>
      api.post<{ number: string | null }>(
        `open/${form}`,
        { values: given, website: trap },
        { query: { company, language }, key: key.current },
      ),
    onSuccess: () => {
      key.current = actionKey();
      head.current?.focus();
    },
    onError: (error) => {
      // What was refused was not taken: the next try is another one.
      if (!(error instanceof Problem) || error.status === 0) return;
      key.current = actionKey();
      const wrong = new Set(error.causes.map((one) => one.field));
      const first = described.data?.fields.find((field) => wrong.has(field.name));
      if (first) document.getElementById(`open-${first.name}`)?.focus();
    },
  });
  const fields = described.data?.fields ?? [];
  const isMissing = (field: OpenField) => field.required && isBlank(values[field.name] ?? null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const first = fields.find(isMissing);
    if (first) document.getElementById(`open-${first.name}`)?.focus();
    else if (!send.isPending) send.mutate(values);
  };
  const again = () => {
    setValues({});
    setTried(false);
    send.reset();
  };
  const isGone = described.error instanceof Problem && described.error.status !== 0;
  const refused = send.error instanceof Problem ? send.error : null;
  const causes = new Map(refused?.causes.filter((one) => one.field).map((one) => [one.field, one.text]));
  const areShown = [...causes.keys()].every((name) => fields.some((field) => field.name === name));
  return (
    <main className="open">
      <div className="open-sheet">
        {described.isPending && <Late />}
        {isGone && (
          <>
            <h1>{t("open.gone")}</h1>
            <p className="soft">{t("open.goneHelp")}</p>
          </>
        )}
        {!isGone && <ProblemNote error={described.error} onRetry={() => void described.refetch()} />}
        {described.data && (
          <header>
            {described.data.company && <p className="soft">{described.data.company}</p>}
            <h1 ref={head} tabIndex={-1}>
              {send.isSuccess ? t("open.thanks") : described.data.label}
            </h1>
          </header>
        )}
        {send.isSuccess && (
          <div role="status" className="open-done">
            <CheckCircleFilled aria-hidden="true" />
            <p>{send.data.number ? t("open.taken", { number: send.data.number }) : t("open.takenPlain")}</p>
            <Button onClick={again}>{t("open.again")}</Button>
          </div>
        )}
        {described.data && !send.isSuccess && (
          <form noValidate onSubmit={submit}>
            {fields.map((field) => (
              <Entry
                key={field.name}
                field={field}
                value={values[field.name] ?? null}
                wrong={isTried && isMissing(field) ? t("common:required") : causes.get(field.name)}
                onChange={(value) => setValues((now) => ({ ...now, [field.name]: value }))}
              />
            ))}
            <div className="open-trap" aria-hidden="true">
              <input
                name="website"
                tabIndex={-1}
                autoComplete="off"
                value={trap}
                onChange={(event) => setTrap(event.target.value)}
              />
            </div>
            {(causes.size === 0 || !areShown) && <ProblemNote error={send.error} hasRows={false} />}
            <Button type="primary" size="large" htmlType="submit" block loading={send.isPending}>
              {t("open.send")}
            </Button>
          </form>
        )}
      </div>
      <Button type="link" size="small" onClick={() => void i18n.changeLanguage(language === "en" ? "zh-CN" : "en")}>
        {t("shell:otherLanguage")}
      </Button>
    </main>
  );
}

interface EntryProps {
  field: OpenField;
  value: Value;
  wrong: string | undefined;
  onChange: (value: Value) => void;
}

function Entry({ field, value, wrong, onChange }: EntryProps) {
  const { t } = useTranslation("rule");
  const told = useId();
  const id = `open-${field.name}`;
  const helped = [field.help && `${told}-help`, wrong && `${told}-wrong`].filter(Boolean).join(" ") || undefined;
  return (
    <div className={field.kind === "flag" ? "open-field is-flag" : "open-field"}>
      <label htmlFor={id}>
        {field.label}
        {field.required ? (
          <span className="open-required" aria-hidden="true">
            *
          </span>
        ) : (
          field.kind !== "flag" && <span className="soft open-optional">{t("open.optional")}</span>
        )}
      </label>
      <FieldEditor
        id={id}
        shape={{
          kind: field.kind,
          label: field.label,
          options: field.options,
          ...(field.length === null ? {} : { length: field.length }),
          ...(field.scale === null ? {} : { scale: field.scale }),
        }}
        value={value}
        onChange={onChange}
        status={wrong ? "error" : undefined}
        describedBy={helped}
      />
      {field.help && (
        <p id={`${told}-help`} className="soft">
          {field.help}
        </p>
      )}
      {wrong && (
        <p id={`${told}-wrong`} role="alert" className="open-wrong">
          {wrong}
        </p>
      )}
    </div>
  );
}

function Late() {
  return useLate() ? <Skeleton active paragraph={{ rows: 6 }} /> : null;
}
