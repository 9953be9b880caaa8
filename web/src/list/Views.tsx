/** Ways to look at a list: all of it, what the form declares, and what people set up and kept. */
import { DownOutlined, SaveOutlined, TeamOutlined } from "@ant-design/icons";
import { Button, Dropdown, Popover } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { Problem } from "@/api/client";
import type { DeclaredView } from "@/api/types";
import { useMessage } from "@/look/messages";
import { type Asked, askedOf, isSame, NOTHING, settingsOf, writeAddress } from "./address";
import { type KeptView, useViewChange, type ViewGiven } from "./keptViews";
import { NewView } from "./NewView";

interface Props {
  form: string;
  declared: DeclaredView[];
  kept: KeptView[];
  asked: Asked;
  /** The declared view in sight, and the kept one. */
  shown: DeclaredView | undefined;
  current: KeptView | undefined;
  widths: Record<string, number>;
}

/** The whole table, which needs a word of its own where one begins with something else. */
export function wholeOf(kept: KeptView[]): Asked {
  return { ...NOTHING, view: kept.some((one) => one.default) ? "all" : "" };
}

export function Views({ form, declared, kept, asked, shown, current, widths }: Props) {
  const { t } = useTranslation("list");
  const message = useMessage();
  const navigate = useNavigate();
  const change = useViewChange(form);
  const [isNaming, setNaming] = useState(false);
  const whole = wholeOf(kept);
  const isAll = !current && !shown;
  const to = (state: Asked) => ({ pathname: `/${form}`, search: writeAddress(state).toString() });
  const isChanged = current
    ? !isSame(asked, askedOf(current.settings, String(current.id)))
    : !isSame(asked, { ...NOTHING, view: asked.view });
  const settings = { ...settingsOf(asked, shown?.name ?? ""), ...(Object.keys(widths).length > 0 ? { widths } : {}) };
  const kind = shown?.kind ?? "table";

  const run = (id: number | null, given: ViewGiven | null, said: string) =>
    change.mutate(
      { id, given },
      {
        onSuccess: (view) => {
          setNaming(false);
          void message.success(said);
          if (given === null) navigate(to(whole), { replace: true });
          else if (view && (id === null || given.settings))
            navigate(to(askedOf(view.settings, String(view.id))), { replace: true });
        },
        onError: (error) =>
          void message.error(error instanceof Problem ? error.body.detail : t("common:somethingWrong")),
      },
    );

  return (
    <div className="views">
      <nav aria-label={t("views")}>
        <Link to={to(whole)} aria-current={isAll ? "page" : undefined}>
          {t("all")}
        </Link>
        {declared.map((view) => (
          <Link
            key={view.name}
            to={to({ ...NOTHING, view: view.name })}
            aria-current={!current && shown?.name === view.name ? "page" : undefined}
          >
            {view.label}
          </Link>
        ))}
        {kept.map((view) => (
          <Link
            key={view.id}
            to={to(askedOf(view.settings, String(view.id)))}
            aria-current={current?.id === view.id ? "page" : undefined}
            title={view.mine ? undefined : t("sharedBy", { name: view.by.title ?? "" })}
          >
            {view.name}
            {view.shared && <TeamOutlined aria-label={t("shared")} />}
          </Link>
        ))}
      </nav>
      <div className="views-do">
        {current?.may_change && isChanged && (
          <Button size="small" type="link" onClick={() => run(current.id, { settings, kind }, t("viewSaved"))}>
            {t("saveChanges")}
          </Button>
        )}
        {isChanged && (
          <Popover
            open={isNaming}
            onOpenChange={setNaming}
            trigger="click"
            placement="bottomRight"
            arrow={false}
            destroyOnHidden
            content={
              <NewView
                isBusy={change.isPending}
                onSave={(given) => run(null, { ...given, settings, kind }, t("viewSaved"))}
              />
            }
          >
            <Button size="small" type="text" icon={<SaveOutlined aria-hidden="true" />}>
              {t("keepView")}
            </Button>
          </Popover>
        )}
        {current && (
          <Dropdown
            trigger={["click"]}
            menu={{
              items: [
                { key: "default", label: current.default ? t("notDefault") : t("makeDefault") },
                ...(current.may_change
                  ? [
                      { key: "shared", label: current.shared ? t("unshare") : t("share") },
                      { type: "divider" as const },
                      { key: "drop", label: t("dropView"), danger: true },
                    ]
                  : []),
              ],
              onClick: ({ key }) => {
                if (key === "default") run(current.id, { default: !current.default }, t("common:saved"));
                if (key === "shared") run(current.id, { shared: !current.shared }, t("common:saved"));
                if (key === "drop") run(current.id, null, t("viewDropped"));
              },
            }}
          >
            <Button size="small" type="text" icon={<DownOutlined aria-hidden="true" />} aria-label={t("viewActions")} />
          </Dropdown>
        )}
      </div>
    </div>
  );
}
