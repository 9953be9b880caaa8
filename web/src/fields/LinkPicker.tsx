/** Choosing a record: by name, number, barcode or pinyin initials, while typing. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { keys } from "@/api/queries";
import type { Linked, Page } from "@/api/types";
import type { Shape } from "./shape";
import { titleOf } from "./title";

interface Props {
  shape: Shape;
  value: Linked | null;
  onChange: (value: Linked | null) => void;
  disabled?: boolean;
  autoFocus?: boolean;
  id?: string;
  status?: "" | "error" | "warning";
}

const MOST = 20;

export function LinkPicker({ shape, value, onChange, ...rest }: Props) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const words = useDeferredValue(typed.trim());
  const form = shape.to ?? "";
  const found = useQuery({
    queryKey: [...keys.lists(form), "search", words],
    queryFn: ({ signal }) => api.get<Page>("search", { form, q: words, limit: MOST }, signal),
    enabled: isOpen && form !== "",
    placeholderData: keepPreviousData,
  });
  const options = (found.data?.rows ?? []).map((row) => ({ value: row.id, label: titleOf(found.data as Page, row) }));
  const known = value && !options.some((one) => one.value === value.id);
  return (
    <Select
      {...rest}
      allowClear
      showSearch={{ filterOption: false, onSearch: setTyped }}
      value={value?.id ?? null}
      options={known ? [{ value: value.id, label: value.title ?? `#${value.id}` }, ...options] : options}
      loading={found.isFetching}
      notFoundContent={found.isFetching ? t("loading") : t("empty")}
      onOpenChange={(open) => {
        setOpen(open);
        if (!open) setTyped("");
      }}
      onChange={(id: number | null | undefined, option) => {
        const chosen = Array.isArray(option) ? option[0] : option;
        onChange(id ? { id, title: String(chosen?.label ?? "") } : null);
      }}
    />
  );
}
