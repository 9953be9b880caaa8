/** Where one may go: the groups of the menus with their places, to be opened and closed. */
import { DownOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";
import { menusQuery } from "@/api/queries";
import type { Menu as Group } from "@/api/types";
import { addressOf, type Part } from "./places";

const OPEN = "onebook.navigation.open";
const STEPS: Record<string, (at: number, count: number) => number> = {
  ArrowDown: (at, count) => Math.min(at + 1, count - 1),
  ArrowUp: (at) => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_, count) => count - 1,
};

/** The groups of a part: forms in the part of tables, dashboards and reports in that of dashboards, all of them at home. */
export function PlaceList({ part }: { part: Part }) {
  const { t } = useTranslation("shell");
  const { data: menus = [] } = useQuery(menusQuery);
  const { pathname } = useLocation();
  const [open, setOpen] = useState<string[] | null>(() => JSON.parse(localStorage.getItem(OPEN) ?? "null"));
  const groups = (part === "dashboards" ? [boardsOf(menus, t("boards")), ...menus] : menus)
    .map((group) => narrowed(group, part))
    .filter((group) => group.items.length > 0);
  const here = `/${pathname
    .split("/")
    .slice(1, /^\/(reports|dashboards)\//.test(pathname) ? 3 : 2)
    .join("/")}`;
  const chosen = useRef<HTMLAnchorElement>(null);
  const isKnown = groups.length > 0;
  // Whoever comes by a link or a search sees where that is.
  useEffect(() => {
    if (isKnown && here) chosen.current?.scrollIntoView?.({ block: "nearest" });
  }, [isKnown, here]);
  const shown = open ?? groups.map((group) => group.menu);
  const toggle = (menu: string) => {
    const next = shown.includes(menu) ? shown.filter((one) => one !== menu) : [...shown, menu];
    localStorage.setItem(OPEN, JSON.stringify(next));
    setOpen(next);
  };
  return (
    // The arrows lead from one place to the next; Tab does it, too.
    <ul className="places-list" onKeyDown={walk}>
      {groups.map((group) => {
        // The group of the page in sight stays open.
        const isOpen = shown.includes(group.menu) || group.items.some((item) => addressOf(item) === here);
        const id = `places-${part}-${group.menu}`;
        return (
          <li key={group.menu}>
            <button
              type="button"
              className="places-group"
              aria-expanded={isOpen}
              aria-controls={isOpen ? id : undefined}
              onClick={() => toggle(group.menu)}
            >
              {group.label}
              <DownOutlined aria-hidden rotate={isOpen ? 180 : 0} />
            </button>
            {isOpen && (
              <ul id={id}>
                {group.items.map((item) => {
                  const address = addressOf(item);
                  return (
                    <li key={address}>
                      <Link
                        ref={address === here ? chosen : undefined}
                        to={address}
                        className={address === here ? "place chosen" : "place"}
                        aria-current={address === here ? "page" : undefined}
                      >
                        {item.label}
                      </Link>
                    </li>
                  );
                })}
              </ul>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function walk(event: KeyboardEvent<HTMLUListElement>): void {
  const step = STEPS[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>("a, button")];
  const at = all.indexOf(event.target as HTMLElement);
  if (at < 0) return;
  event.preventDefault();
  all[step(at, all.length)]?.focus();
}

/** Dashboards of all groups stand together, before the reports. */
const BOARDS = ".dashboards";

function boardsOf(menus: readonly Group[], label: string): Group {
  return { menu: BOARDS, label, items: menus.flatMap((group) => group.items.filter((item) => item.dashboard)) };
}

function narrowed(group: Group, part: Part): Group {
  if (part === "tables") return { ...group, items: group.items.filter((item) => item.form) };
  if (part === "dashboards")
    return { ...group, items: group.items.filter((item) => item.report || group.menu === BOARDS) };
  return group;
}
