/** The words that a list is searched for: asked while typing, but not while an input method is still composing. */
import { SearchOutlined } from "@ant-design/icons";
import { Input, type InputRef } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useShortcut } from "@/look/shortcuts";

interface Props {
  value: string;
  onChange: (words: string) => void;
  label: string;
}

const PAUSE_MS = 220;

export function Search({ value, onChange, label }: Props) {
  const { t } = useTranslation("list");
  const [typed, setTyped] = useState(value);
  const asked = useRef(value);
  const isComposing = useRef(false);
  const box = useRef<InputRef>(null);
  const latest = useRef(onChange);
  latest.current = onChange;
  useShortcut({ keys: "/", label: t("focusSearch") }, () => box.current?.focus({ cursor: "all" }));

  // Back, a view or a cleared list says other words than were typed here.
  useEffect(() => {
    if (value === asked.current) return;
    asked.current = value;
    setTyped(value);
  }, [value]);
  const ask = (words: string) => {
    const next = words.trim();
    if (next === asked.current) return;
    asked.current = next;
    latest.current(next);
  };
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const soon = (words: string) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => ask(words), PAUSE_MS);
  };
  return (
    <Input
      ref={box}
      className="list-search"
      type="search"
      allowClear
      prefix={<SearchOutlined className="soft" aria-hidden="true" />}
      value={typed}
      maxLength={200}
      aria-label={label}
      placeholder={label}
      title={t("searchHelp")}
      onCompositionStart={() => {
        isComposing.current = true;
      }}
      onCompositionEnd={(event) => {
        isComposing.current = false;
        soon(event.currentTarget.value);
      }}
      onChange={(event) => {
        setTyped(event.target.value);
        if (!isComposing.current) soon(event.target.value);
      }}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        if (event.key === "Enter") {
          clearTimeout(timer.current);
          ask(typed);
        }
        if (event.key === "Escape" && typed) {
          event.stopPropagation();
          setTyped("");
          clearTimeout(timer.current);
          ask("");
        } else if (event.key === "Escape") box.current?.blur();
      }}
    />
  );
}
