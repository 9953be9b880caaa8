/** How others reach a rule: the address of a form for the public, or a webhook with the secret that signs what it takes. */
import { CopyOutlined, KeyOutlined } from "@ant-design/icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Input, Popconfirm } from "antd";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { instantText } from "@/look/figures";
import { useMessage } from "@/look/messages";
import { ProblemNote } from "@/look/ProblemNote";
import { type Door, type HookSecret, type Rule, ruleKeys, signedExample } from "./rules";

export function RuleDoor({ rule, door }: { rule: Rule; door: Door }) {
  const { t } = useTranslation("rule");
  const title = useId();
  const address = new URL(door.address, window.location.origin).href;
  return (
    <section className="rule-door" aria-labelledby={title}>
      <h3 id={title}>{t(`door.${door.kind}`)}</h3>
      <p className="soft">{t(`door.${door.kind}Help`)}</p>
      {rule.paused && <Alert type="info" showIcon title={t("door.asleep")} />}
      <div className={door.kind === "form" ? "rule-door-form" : undefined}>
        <div className="rule-door-ways">
          <Copied label={t("door.address")} text={address} />
          {door.kind === "form" && (
            <a href={address} target="_blank" rel="noreferrer" className="rule-door-look">
              {t("door.look")}
            </a>
          )}
        </div>
        {door.kind === "form" && (
          <img
            src={`/api/rules/${rule.rule}/code?origin=${encodeURIComponent(window.location.origin)}`}
            alt={t("door.code")}
            width={132}
            height={132}
          />
        )}
      </div>
      {door.kind === "webhook" && <Secret rule={rule.rule} madeAt={door.secret_at} />}
    </section>
  );
}

function Secret({ rule, madeAt }: { rule: string; madeAt: string | null }) {
  const { t } = useTranslation("rule");
  const queries = useQueryClient();
  const make = useMutation({
    mutationFn: () => api.post<HookSecret>(`rules/${rule}/secret`),
    onSuccess: () => queries.invalidateQueries({ queryKey: ruleKeys.list }),
  });
  const button = (
    <Button
      icon={<KeyOutlined aria-hidden="true" />}
      loading={make.isPending}
      {...(madeAt ? {} : { onClick: () => make.mutate() })}
    >
      {t(madeAt ? "door.renew" : "door.make")}
    </Button>
  );
  return (
    <>
      <p className="rule-door-line">
        <span>{madeAt ? t("door.since", { at: instantText(madeAt) }) : t("door.noSecret")}</span>
        {madeAt ? (
          <Popconfirm
            title={t("door.renew")}
            description={t("door.renewHelp")}
            okText={t("door.renew")}
            cancelText={t("common:cancel")}
            onConfirm={() => make.mutate()}
          >
            {button}
          </Popconfirm>
        ) : (
          button
        )}
      </p>
      <ProblemNote error={make.error} />
      {make.data && <Made given={make.data} />}
    </>
  );
}

function Made({ given }: { given: HookSecret }) {
  const { t } = useTranslation("rule");
  return (
    <div className="rule-door-made">
      <Alert type="warning" showIcon title={t("door.once")} />
      <Copied label={t("door.secret")} text={given.secret} />
      <Copied label={t("door.example")} text={signedExample(given, window.location.origin)} isLong />
      <p className="soft">{t("door.standard")}</p>
    </div>
  );
}

function Copied({ label, text, isLong = false }: { label: string; text: string; isLong?: boolean }) {
  const { t } = useTranslation("rule");
  const message = useMessage();
  const id = useId();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      void message.success(t("door.copied"));
    } catch {
      void message.warning(t("door.notCopied"));
    }
  };
  return (
    <div className="rule-door-copied">
      <label htmlFor={id}>{label}</label>
      <div>
        {isLong ? (
          <Input.TextArea
            id={id}
            readOnly
            value={text}
            autoSize
            className="rule-door-code"
            onFocus={(event) => event.target.select()}
          />
        ) : (
          <Input id={id} readOnly value={text} onFocus={(event) => event.target.select()} />
        )}
        <Button
          icon={<CopyOutlined aria-hidden="true" />}
          onClick={() => void copy()}
          aria-label={t("door.copy", { label })}
        />
      </div>
    </div>
  );
}
