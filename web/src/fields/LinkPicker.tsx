/** Choosing a record: by name, number, barcode or pinyin initials, while typing; or making it without leaving the page. */
import { PlusOutlined } from "@ant-design/icons";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type RefSelectProps, Select } from "antd";
import { lazy, Suspense, useDeferredValue, useEffect, useRef, useState } from "react";
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
  /** What stands there while nothing is chosen. */
  placeholder?: string;
}

interface Choice {
  value: number;
  label: string;
  second?: string;
  /** What was typed when making a new one was offered. */
  words?: string;
}

const MOST = 20;
/** The choice that makes a new record: no record has this number. */
const MAKE = -1;

export function LinkPicker({ shape, value, onChange, ...rest }: Props) {
  const { t } = useTranslation("fields");
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const [making, setMaking] = useState<string | null>(null);
  const [isWaiting, setWaiting] = useState(false);
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
  if (value && !options.some((one) => one.value === value.id))
    options.push({ value: value.id, label: value.title ?? `#${value.id}` });
  // What was found for other words stays in sight until these are answered; a quick Enter waits for the answer.
  const isBehind = words !== typed.trim() || found.isPending || found.isPlaceholderData;
  // The last of the choices, so that the arrows reach it, and Enter alone where nothing else was found.
  if (shape.mayCreate && isOpen && !found.isPending) {
    const label = words ? t("createNamed", { name: words }) : t("create", { label: shape.label });
    options.push({ value: MAKE, label, words });
  }
  const select = useRef<RefSelectProps>(null);
  const wasMaking = useRef(false);
  // Back where the new one was asked for, once the drawer has let go of the focus.
  useEffect(() => {
    if (wasMaking.current && making === null) select.current?.focus();
    wasMaking.current = making !== null;
  }, [making]);
  const choose = (chosen: Linked | null) => {
    if (chosen) remember(owner, form, chosen);
    onChange(chosen);
  };
  const take = (chosen: Choice | undefined) => {
    if (chosen?.value === MAKE) setMaking(chosen.words ?? "");
    else choose(chosen ? { id: chosen.value, title: chosen.label || null } : null);
  };
  const first = options[0];
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the answer is there
  useEffect(() => {
    if (!isWaiting || isBehind) return;
    setWaiting(false);
    setOpen(false);
    setTyped("");
    if (first) take(first);
  }, [isWaiting, isBehind]);
  return (
    <>
      <Select<number | null, Choice>
        {...rest}
        ref={select}
        allowClear
        showSearch={{ filterOption: false, onSearch: setTyped }}
        value={value?.id ?? null}
        options={options}
        optionRender={(option) => (
          <>
            {option.data.value === MAKE && <PlusOutlined aria-hidden="true" className="option-make" />}
            {option.data.label}
            {option.data.second && <span className="option-second">{option.data.second}</span>}
          </>
        )}
        popupMatchSelectWidth={320}
        classNames={{ popup: { root: "link-choices" } }}
        loading={found.isFetching}
        notFoundContent={found.isFetching ? t("common:loading") : t("nothingFound")}
        open={isOpen}
        onOpenChange={(open) => {
          setOpen(open);
          if (!open) setTyped("");
          if (!open) setWaiting(false);
        }}
        onInputKeyDown={(event) => {
          if (event.key !== "Enter" || event.nativeEvent.isComposing || !isOpen || !isBehind || typed.trim() === "")
            return;
          event.preventDefault();
          event.stopPropagation();
          setWaiting(true);
        }}
        onChange={(id, option) => {
          const chosen = Array.isArray(option) ? option[0] : option;
          take(id ? (chosen ?? { value: id, label: "" }) : undefined);
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
