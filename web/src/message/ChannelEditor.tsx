/** The settings of one channel; its secrets are written and never read again. */
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Drawer, Input, InputNumber, Popconfirm, Select, Switch } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, Problem } from "@/api/client";
import { PeoplePicker } from "@/fields/PeoplePicker";
import { useMessage } from "@/look/messages";
import { ProblemNote } from "@/look/ProblemNote";
import { useNarrow } from "@/look/useNarrow";
import {
  type Channel,
  type ChannelGiven,
  type ChannelKind,
  type Entry,
  entriesOf,
  givenOf,
  messageKeys,
  type TemplateRow,
  templateRows,
  templatesOf,
} from "./messages";
import "./message.css";

interface Props {
  kind: ChannelKind;
  /** null: a new one. */
  channel: Channel | null;
  name: string;
  taken: readonly string[];
  onClose: () => void;
}

const NAME = /^[a-z][a-z0-9_]{0,62}$/;

export function ChannelEditor({ kind, channel, name: suggested, taken, onClose }: Props) {
  const { t } = useTranslation("message");
  const narrow = useNarrow();
  const queries = useQueryClient();
  const message = useMessage();
  const [name, setName] = useState(suggested);
  const [label, setLabel] = useState(channel?.label ?? kind.label);
  const [active, setActive] = useState(channel?.active ?? true);
  const settings = entriesOf(kind.settings);
  const [values, setValues] = useState<Record<string, unknown>>(() =>
    Object.fromEntries(settings.map((one) => [one.name, channel?.settings[one.name] ?? one.initial])),
  );
  const [secrets, setSecrets] = useState<Record<string, string | null>>({});
  const isOver = async () => {
    await queries.invalidateQueries({ queryKey: messageKeys.all });
    onClose();
  };
  const keep = useMutation({
    mutationFn: (given: ChannelGiven) => api.put<Channel>("channels", given),
    onSuccess: () => {
      void message.success(t("common:saved"));
      return isOver();
    },
  });
  const drop = useMutation({
    mutationFn: () => api.delete(`channels/${suggested}`),
    onSuccess: isOver,
  });
  const wrong = new Map(
    keep.error instanceof Problem ? keep.error.body.problems.map((one) => [one.field ?? "", one.text]) : [],
  );
  const isNameWrong = channel === null && (!NAME.test(name) || taken.includes(name));
  const isReady =
    label.trim() !== "" &&
    !isNameWrong &&
    settings.every((one) => !one.required || (values[one.name] ?? "") !== "") &&
    entriesOf(kind.secrets).every(
      (one) =>
        !one.required || secrets[one.name] || (channel?.secrets.includes(one.name) && secrets[one.name] !== null),
    );
  const save = () =>
    keep.mutate({ name, kind: kind.kind, label: label.trim(), active, settings: givenOf(values), secrets });
  const labelOf = (field: string) =>
    t(`setting.${field.replace(/^(settings|secrets)\./, "")}`, { defaultValue: field });
  return (
    <Drawer
      open
      title={channel ? channel.label : t("newOf", { label: kind.label })}
      onClose={onClose}
      placement={narrow ? "bottom" : "right"}
      size={narrow ? "90%" : 520}
      footer={
        <div className="channel-foot">
          {channel && (
            <Popconfirm
              title={t("dropAsk", { label: channel.label })}
              description={t("dropHelp")}
              onConfirm={() => drop.mutate()}
            >
              <Button danger icon={<DeleteOutlined aria-hidden="true" />} loading={drop.isPending}>
                {t("common:delete")}
              </Button>
            </Popconfirm>
          )}
          <span className="channel-space" />
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button type="primary" disabled={!isReady} loading={keep.isPending} onClick={save}>
            {t("common:save")}
          </Button>
        </div>
      }
    >
      <div className="channel-form">
        <ProblemNote error={keep.error ?? drop.error} hasRows={false} labelOf={labelOf} />
        <Cell id="channel-label" label={t("label")} required>
          <Input id="channel-label" value={label} onChange={(event) => setLabel(event.target.value)} maxLength={100} />
        </Cell>
        <Cell
          id="channel-name"
          label={t("name")}
          required
          help={t("nameHelp")}
          wrong={isNameWrong ? t(taken.includes(name) ? "nameTaken" : "nameWrong") : undefined}
        >
          <Input
            id="channel-name"
            value={name}
            disabled={channel !== null}
            status={isNameWrong ? "error" : ""}
            onChange={(event) => setName(event.target.value)}
          />
        </Cell>
        {settings.map((one) => (
          <Setting
            key={one.name}
            entry={one}
            value={values[one.name]}
            fallback={one.name === "per_minute" ? String(kind.per_minute) : undefined}
            wrong={wrong.get(`settings.${one.name}`)}
            onChange={(value) => setValues({ ...values, [one.name]: value })}
          />
        ))}
        {entriesOf(kind.secrets).map((one) => (
          <SecretCell
            key={one.name}
            entry={one}
            isSet={channel?.secrets.includes(one.name) ?? false}
            value={secrets[one.name]}
            wrong={wrong.get(`secrets.${one.name}`)}
            onChange={(value) => {
              const { [one.name]: _, ...rest } = secrets;
              setSecrets(value === undefined ? rest : { ...rest, [one.name]: value });
            }}
          />
        ))}
        <div className="channel-active">
          <Switch id="channel-active" checked={active} onChange={setActive} />
          <label htmlFor="channel-active">{t("isActive")}</label>
        </div>
      </div>
    </Drawer>
  );
}

interface CellProps {
  id: string;
  label: string;
  required?: boolean;
  help?: string | undefined;
  wrong?: string | undefined;
  children: ReactNode;
}

function Cell({ id, label, required = false, help, wrong, children }: CellProps) {
  return (
    <div className="channel-cell">
      <label htmlFor={id}>
        {label}
        {required && (
          <span className="channel-must" aria-hidden="true">
            {" "}
            *
          </span>
        )}
      </label>
      {children}
      {wrong ? <span className="wrong">{wrong}</span> : help && <span className="soft">{help}</span>}
    </div>
  );
}

interface SettingProps {
  entry: Entry;
  value: unknown;
  /** What holds where nothing is said. */
  fallback: string | undefined;
  wrong: string | undefined;
  onChange: (value: unknown) => void;
}

function Setting({ entry, value, fallback, wrong, onChange }: SettingProps) {
  const { t, i18n } = useTranslation("message");
  const id = `channel-setting-${entry.name}`;
  const label = t(`setting.${entry.name}`, { defaultValue: entry.name });
  const helpKey = `message:settingHelp.${entry.name}`;
  const help = i18n.exists(helpKey) ? t(`settingHelp.${entry.name}`) : undefined;
  const status = wrong ? "error" : "";
  return (
    <Cell id={id} label={label} required={entry.required} help={help} wrong={wrong}>
      {entry.kind === "text" && (
        <Input
          id={id}
          value={typeof value === "string" ? value : ""}
          status={status}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
      {entry.kind === "number" && (
        <InputNumber
          id={id}
          className="channel-number"
          value={typeof value === "number" ? value : null}
          precision={0}
          status={status}
          {...(fallback === undefined ? {} : { placeholder: fallback })}
          {...(entry.least === undefined ? {} : { min: entry.least })}
          {...(entry.most === undefined ? {} : { max: entry.most })}
          onChange={onChange}
        />
      )}
      {entry.kind === "flag" && <Switch id={id} checked={value === true} onChange={onChange} />}
      {entry.kind === "choice" && (
        <Select
          id={id}
          value={typeof value === "string" ? value : null}
          status={status}
          options={entry.options.map((one) => ({
            value: one,
            label: t(`choice.${one}`, { defaultValue: one }),
          }))}
          onChange={onChange}
        />
      )}
      {entry.kind === "person" && (
        <PeoplePicker
          id={id}
          from="people"
          label={label}
          single
          value={typeof value === "number" ? [{ id: value, title: null }] : []}
          onChange={([person]) => onChange(person?.id ?? null)}
        />
      )}
      {entry.kind === "templates" && <Templates value={value} onChange={onChange} />}
    </Cell>
  );
}

/** Templates of short messages: ours by name, the provider's by code. */
function Templates({ value, onChange }: { value: unknown; onChange: (value: unknown) => void }) {
  const { t } = useTranslation("message");
  const [rows, setRows] = useState<(TemplateRow & { key: number })[]>(() =>
    [...templateRows(value), ...(value ? [] : [{ name: "any", code: "", variables: "text" }])].map((one, key) => ({
      ...one,
      key,
    })),
  );
  const change = (next: typeof rows) => {
    setRows(next);
    onChange(templatesOf(next));
  };
  const set = (key: number, part: Partial<TemplateRow>) =>
    change(rows.map((one) => (one.key === key ? { ...one, ...part } : one)));
  return (
    <div className="channel-templates">
      {rows.map((one, place) => (
        <div key={one.key} className="channel-template">
          {(["name", "code", "variables"] as const).map((part) => (
            <Input
              key={part}
              value={one[part]}
              placeholder={t(`template.${part}`)}
              aria-label={t("templateOf", { part: t(`template.${part}`), number: place + 1 })}
              onChange={(event) => set(one.key, { [part]: event.target.value })}
            />
          ))}
          <Button
            type="text"
            icon={<DeleteOutlined aria-hidden="true" />}
            aria-label={t("dropTemplate", { number: place + 1 })}
            onClick={() => change(rows.filter((other) => other !== one))}
          />
        </div>
      ))}
      <Button
        size="small"
        icon={<PlusOutlined aria-hidden="true" />}
        onClick={() =>
          setRows([...rows, { name: "", code: "", variables: "", key: Math.max(0, ...rows.map((one) => one.key)) + 1 }])
        }
      >
        {t("addTemplate")}
      </Button>
    </div>
  );
}

interface SecretProps {
  entry: Entry;
  isSet: boolean;
  /** undefined: it stays as it is; null: it is taken away. */
  value: string | null | undefined;
  wrong: string | undefined;
  onChange: (value: string | null | undefined) => void;
}

function SecretCell({ entry, isSet, value, wrong, onChange }: SecretProps) {
  const { t } = useTranslation("message");
  const id = `channel-secret-${entry.name}`;
  const stays = isSet && value === undefined;
  return (
    <Cell
      id={id}
      label={t(`setting.${entry.name}`, { defaultValue: entry.name })}
      required={entry.required}
      help={t(value === null ? "secretGoes" : stays ? "secretStays" : "secretHelp")}
      wrong={wrong}
    >
      <span className="channel-secret">
        <Input.Password
          id={id}
          value={value ?? ""}
          autoComplete="new-password"
          visibilityToggle={Boolean(value)}
          placeholder={stays ? "••••••••" : ""}
          status={wrong ? "error" : ""}
          onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.value)}
        />
        {isSet && !entry.required && value !== null && (
          <Button onClick={() => onChange(null)}>{t("secretTake")}</Button>
        )}
        {value === null && <Button onClick={() => onChange(undefined)}>{t("secretKeep")}</Button>}
      </span>
    </Cell>
  );
}
