/** Which columns stand in the list, and in which order: by dragging, or with the arrows. */
import { ArrowDownOutlined, ArrowUpOutlined, HolderOutlined } from "@ant-design/icons";
import { Button, Checkbox, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Column, reordered } from "./columns";

interface Props {
  all: Column[];
  keys: string[];
  isChanged: boolean;
  onChange: (keys: string[] | null) => void;
}

export default function ColumnPanel({ all, keys, isChanged, onChange }: Props) {
  const { t } = useTranslation("list");
  const [sought, setSought] = useState("");
  const [carried, setCarried] = useState<string | null>(null);
  const labels = new Map(all.map((one) => [one.key, one.shape.label]));
  const rest = all.filter(
    (one) => !keys.includes(one.key) && one.shape.label.toLowerCase().includes(sought.toLowerCase()),
  );
  const move = (key: string, to: number) => onChange(reordered(keys, key, to));
  return (
    <div className="column-panel">
      <ul aria-label={t("shownColumns")}>
        {keys.map((key, place) => (
          <li
            key={key}
            draggable
            className={carried === key ? "is-carried" : undefined}
            onDragStart={(event) => {
              setCarried(key);
              event.dataTransfer.effectAllowed = "move";
            }}
            onDragEnd={() => setCarried(null)}
            onDragOver={(event) => {
              event.preventDefault();
              if (carried && carried !== key) move(carried, place);
            }}
            onDrop={(event) => event.preventDefault()}
          >
            <HolderOutlined className="soft" aria-hidden="true" />
            <Checkbox checked disabled={keys.length === 1} onChange={() => onChange(keys.filter((one) => one !== key))}>
              {labels.get(key) ?? key}
            </Checkbox>
            <Button
              type="text"
              size="small"
              icon={<ArrowUpOutlined aria-hidden="true" />}
              aria-label={t("moveUp", { label: labels.get(key) ?? key })}
              disabled={place === 0}
              onClick={() => move(key, place - 1)}
            />
            <Button
              type="text"
              size="small"
              icon={<ArrowDownOutlined aria-hidden="true" />}
              aria-label={t("moveDown", { label: labels.get(key) ?? key })}
              disabled={place === keys.length - 1}
              onClick={() => move(key, place + 1)}
            />
          </li>
        ))}
      </ul>
      {all.length > keys.length && (
        <>
          <Input
            size="small"
            allowClear
            value={sought}
            placeholder={t("moreColumns")}
            aria-label={t("moreColumns")}
            onChange={(event) => setSought(event.target.value)}
          />
          <ul aria-label={t("otherColumns")}>
            {rest.map((one) => (
              <li key={one.key}>
                <Checkbox checked={false} onChange={() => onChange([...keys, one.key])}>
                  {one.shape.label}
                </Checkbox>
              </li>
            ))}
          </ul>
        </>
      )}
      {isChanged && (
        <Button type="link" size="small" onClick={() => onChange(null)}>
          {t("usualColumns")}
        </Button>
      )}
    </div>
  );
}
