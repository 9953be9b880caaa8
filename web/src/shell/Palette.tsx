/** Everything from the keyboard: pages, things to do, and records by name, number or pinyin initials. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Modal } from "antd";
import { Command } from "cmdk";
import { useCallback, useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import { menusQuery } from "@/api/queries";
import type { Page } from "@/api/types";
import { titleOf } from "@/fields/title";
import { useLook } from "@/look/Look";
import { useMessage } from "@/look/messages";
import { placesOf } from "./places";
import { useSession, useSignOut } from "./session";
import { useInitials } from "./useInitials";

interface Item {
  key: string;
  label: string;
  hint?: string | undefined;
  run: () => void;
}

const MOST_PLACES = 8;

interface Props {
  /** What was typed before the palette stood there. */
  typedAhead: () => string;
  /** It stands, and has the focus: from here on it hears every key itself. */
  onStand: () => void;
  onClose: () => void;
}

export default function Palette({ typedAhead, onStand, onClose }: Props) {
  const { t } = useTranslation("shell");
  const navigate = useNavigate();
  const [typed, setTyped] = useState(typedAhead);
  const [chosen, setChosen] = useState("");
  const words = useDeferredValue(typed.trim());
  const matches = useInitials(words);
  const actions = useActions();
  const { data: menus = [] } = useQuery(menusQuery);
  const places = useMemo(() => placesOf(menus), [menus]);
  const found = useQuery({
    queryKey: ["search", words],
    queryFn: ({ signal }) => api.get<Page[]>("search", { q: words, limit: 6 }, signal),
    enabled: words.length > 0,
    placeholderData: keepPreviousData,
  });

  const stand = useCallback(
    (input: HTMLInputElement | null) => {
      if (!input) return;
      input.focus();
      setTyped(typedAhead());
      onStand();
    },
    [typedAhead, onStand],
  );
  const go = (address: string) => () => void navigate(address);
  const begins: Item[] = places
    .filter((place) => place.begins)
    .map((place) => ({
      key: `new ${place.begins}`,
      label: t("newOne", { name: place.label }),
      run: go(place.begins ?? "/"),
    }));
  const doings = [...begins, ...actions].filter((one) => matches(one.label));
  const pages: Item[] = places
    .filter((place) => matches(place.label))
    .map((place) => ({ key: place.address, label: place.label, hint: place.group, run: go(place.address) }));
  const labels = new Map(places.map((place) => [place.address, place.label]));
  const records = words ? (found.data ?? []) : [];

  const groups: { heading: string; items: Item[] }[] = [
    { heading: t("pages"), items: pages.slice(0, MOST_PLACES) },
    ...records.map((page) => ({
      heading: labels.get(`/${page.form}`) ?? page.form,
      items: page.rows.map((row) => ({
        key: `${page.form} ${row.id}`,
        label: titleOf(page, row),
        run: go(`/${page.form}/${row.id}`),
      })),
    })),
    { heading: t("doings"), items: doings.slice(0, MOST_PLACES) },
  ].filter((one) => one.items.length > 0);
  // What was chosen may be gone when more is found: the first one is chosen then.
  const all = groups.flatMap((one) => one.items.map((item) => item.key));
  const current = all.includes(chosen) ? chosen : (all[0] ?? "");

  const group = ({ heading, items }: (typeof groups)[number]) => (
    <Command.Group key={heading} heading={heading}>
      {items.map((item) => (
        <Command.Item
          key={item.key}
          value={item.key}
          onSelect={() => {
            onClose();
            item.run();
          }}
        >
          <span>{item.label}</span>
          {item.hint && <span className="soft">{item.hint}</span>}
        </Command.Item>
      ))}
    </Command.Group>
  );

  return (
    <Modal
      open
      title={<span className="unseen">{t("palette")}</span>}
      closable={false}
      footer={null}
      onCancel={onClose}
      className="palette"
      width={620}
      destroyOnHidden
    >
      <Command shouldFilter={false} label={t("palette")} loop value={current} onValueChange={setChosen}>
        <Command.Input ref={stand} placeholder={t("paletteHint")} value={typed} onValueChange={setTyped} />
        <Command.List>
          {!found.isFetching && <Command.Empty>{t("nothingFound")}</Command.Empty>}
          {groups.map(group)}
        </Command.List>
      </Command>
    </Modal>
  );
}

function useActions(): Item[] {
  const { t } = useTranslation("shell");
  const { isDark, choose } = useLook();
  const signOut = useSignOut();
  const session = useSession();
  const navigate = useNavigate();
  const message = useMessage();
  return [
    {
      key: "theme",
      label: t(isDark ? "goLight" : "goDark"),
      run: () => {
        const theme = isDark ? "light" : "dark";
        choose({ brightness: theme });
        // Here it is changed in any case; whether it comes along elsewhere is said.
        api.patch("session/preferences", { theme }).catch(() => void message.warning(t("notKept")));
      },
    },
    ...["preferences", ...(session?.user?.administers ? ["rules", "channels", "messages"] : [])].map((one) => ({
      key: `/${one}`,
      label: t(one === "preferences" ? one : `administer.${one}`),
      run: () => void navigate(`/${one}`),
    })),
    { key: "leave", label: t("signOut"), run: () => signOut.mutate() },
  ];
}
