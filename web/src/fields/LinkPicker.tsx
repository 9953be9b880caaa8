/** Choosing a record: by name, number, barcode or pinyin initials, while typing; or making it without leaving the page. */
import { PlusOutlined } from "@ant-design/icons";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button, Select } from "antd";
import { lazy, Suspense, useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { formQuery, keys, sessionQuery } from "@/api/queries";
import type { Linked, Page } from "@/api/types";
import { recent, remember } from "./recent";
import type { Shape } from "./shape";
import { secondLine, titleOf } from "./title";
import "./fields.css";

const QuickCreate = lazy(() => import("./QuickCreate"));

interface Props {
  shape: Shape;
  value: Linked | null;
  onChange: (value: Linked | null) => void;
  disabled?: boolean;
  autoFocus?: boolean;
  id?: string;
  status?: "" | "error" | "warning";
}

interface Choice {
  value: number;
  label: string;
  second?: string;
}

const MOST = 20;

export function LinkPicker({ shape, value, onChange, ...rest }: Props) {
  const { t } = useTranslation("fields");
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const [making, setMaking] = useState<string | null>(null);
  const words = useDeferredValue(typed.trim());
  const form = shape.to ?? "";
  const session = useQuery(sessionQuery).data;
  const owner = `${session?.company?.id ?? 0}.${session?.user?.id ?? 0}`;
  const isAsking = isOpen && form !== "";
  // A link to rows is found among the rows, by the number of what they stand in.
  const found = useQuery({
    queryKey: [...keys.lists(form), "search", shape.lines ?? null, words],
    queryFn: ({ signal }) =>
      shape.lines
        ? api.get<Page>(form, { lines: shape.lines, q: words, limit: MOST }, signal)
        : api.get<Page>("search", { form, q: words, limit: MOST }, signal),
    enabled: isAsking,
    placeholderData: keepPreviousData,
  });
  const described = useQuery({ ...formQuery(form), enabled: isAsking && shape.mayOpen === true });
  const page = found.data;
  const options = offered(page, described.data?.title ?? null, words === "" ? recent(owner, form) : []);
  const known = value && !options.some((one) => one.value === value.id);
  const choose = (chosen: Linked | null) => {
    if (chosen) remember(owner, form, chosen);
    onChange(chosen);
  };
  return (
    <>
      <Select<number | null, Choice>
        {...rest}
        allowClear
        showSearch={{ filterOption: false, onSearch: setTyped }}
        value={value?.id ?? null}
        options={known ? [...options, { value: value.id, label: value.title ?? `#${value.id}` }] : options}
        optionRender={(option) => (
          <>
            {option.data.label}
            {option.data.second && <span className="option-second">{option.data.second}</span>}
          </>
        )}
        popupMatchSelectWidth={320}
        loading={found.isFetching}
        notFoundContent={found.isFetching ? t("common:loading") : t("nothingFound")}
        popupRender={(menu) => (
          <>
            {menu}
            {shape.mayCreate && (
              <Button
                type="text"
                size="small"
                className="option-create"
                icon={<PlusOutlined />}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => {
                  setMaking(typed.trim());
                  setOpen(false);
                }}
              >
                {typed.trim() ? t("createNamed", { name: typed.trim() }) : t("create", { label: shape.label })}
              </Button>
            )}
          </>
        )}
        open={isOpen}
        onOpenChange={(open) => {
          setOpen(open);
          if (!open) setTyped("");
        }}
        onChange={(id, option) => {
          const chosen = Array.isArray(option) ? option[0] : option;
          choose(id ? { id, title: chosen?.label ?? null } : null);
        }}
      />
      {making !== null && (
        <Suspense>
          <QuickCreate
            form={form}
            words={making}
            onMade={(made) => {
              setMaking(null);
              choose(made);
            }}
            onClose={() => setMaking(null)}
          />
        </Suspense>
      )}
    </>
  );
}

/** Those chosen lately first, as far as they are not among the others. */
function offered(page: Page | undefined, title: string | null, lately: Linked[]): Choice[] {
  const found = (page?.rows ?? []).map((row) => ({
    value: row.id,
    label: titleOf(page as Page, row, title),
    second: secondLine(page as Page, row, title),
  }));
  const byId = new Map(found.map((one) => [one.value, one]));
  const first = lately.map((one) => byId.get(one.id) ?? { value: one.id, label: one.title ?? `#${one.id}` });
  const ids = new Set(first.map((one) => one.value));
  return [...first, ...found.filter((one) => !ids.has(one.value))];
}
