/** Choosing people, or whatever else has a number and a name, by what the server finds for a few letters. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Linked } from "@/api/types";

interface Props {
  /** Where they are asked for: answers `{items: [{id, title}]}` to `q`. */
  from: string;
  value: Linked[];
  onChange: (value: Linked[]) => void;
  label: string;
  single?: boolean;
  autoFocus?: boolean;
  status?: "" | "error";
  id?: string;
}

const MOST = 20;

export function PeoplePicker({ from, value, onChange, label, single = false, ...rest }: Props) {
  const { t } = useTranslation("fields");
  const [typed, setTyped] = useState("");
  const [isOpen, setOpen] = useState(false);
  const words = useDeferredValue(typed.trim());
  const found = useQuery({
    queryKey: ["people", from, words],
    queryFn: ({ signal }) => api.get<{ items: Linked[] }>(from, { q: words, limit: MOST }, signal),
    enabled: isOpen,
    placeholderData: keepPreviousData,
  });
  const offered = found.data?.items ?? [];
  const known = new Map([...value, ...offered].map((one) => [one.id, one]));
  return (
    <Select<number[]>
      {...rest}
      className="people-picker"
      mode="multiple"
      aria-label={label}
      placeholder={label}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      value={value.map((one) => one.id)}
      options={[...known.values()].map((one) => ({ value: one.id, label: one.title ?? `#${one.id}` }))}
      loading={found.isFetching}
      notFoundContent={t(found.isFetching ? "common:loading" : "nothingFound")}
      open={isOpen}
      onOpenChange={(open) => {
        setOpen(open);
        if (!open) setTyped("");
      }}
      onChange={(ids) => {
        onChange((single ? ids.slice(-1) : ids).flatMap((id) => known.get(id) ?? []));
        if (single) setOpen(false);
      }}
    />
  );
}
