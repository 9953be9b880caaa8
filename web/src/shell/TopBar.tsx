/** The top: which company this is, the search over everything, what is new, and oneself. */
import {
  BankOutlined,
  BellOutlined,
  BulbOutlined,
  CheckOutlined,
  DownOutlined,
  SearchOutlined,
  UserOutlined,
} from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Button, Dropdown, type MenuProps } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import type { Preferences } from "@/api/types";
import { useLook } from "@/look/Look";
import { useMessage } from "@/look/messages";
import { useWritten } from "@/look/shortcuts";
import { useNarrow } from "@/look/useNarrow";
import { Bell } from "./Bell";
import { useCompanySwitch, useSession, useSignOut } from "./session";

export function TopBar({ onSeek }: { onSeek: () => void }) {
  const { t } = useTranslation("shell");
  const written = useWritten();
  const isNarrow = useNarrow();
  return (
    <header className="top">
      <Company />
      {!isNarrow && (
        <button type="button" className="seek" onClick={onSeek}>
          <SearchOutlined aria-hidden="true" />
          <span>{t("seek")}</span>
          <kbd>{written("$mod+K")}</kbd>
        </button>
      )}
      <span className="top-space" />
      <Bell />
      <Myself />
    </header>
  );
}

function Company() {
  const { t } = useTranslation("shell");
  const session = useSession();
  const change = useCompanySwitch();
  const here = session?.company;
  const companies = session?.companies ?? [];
  if (companies.length < 2) return <strong className="company">{here?.name}</strong>;
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        selectedKeys: [String(here?.id)],
        items: companies.map((one) => ({
          key: String(one.id),
          label: one.name,
          icon: <BankOutlined aria-hidden="true" />,
        })),
        onClick: ({ key }) => change.mutate(Number(key)),
      }}
    >
      <Button type="text" className="company" loading={change.isPending} aria-label={t("company")}>
        <strong>{here?.name ?? t("company")}</strong> <DownOutlined aria-hidden="true" />
      </Button>
    </Dropdown>
  );
}

function Myself() {
  const { t, i18n } = useTranslation("shell");
  const session = useSession();
  const signOut = useSignOut();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { brightness, size, choose } = useLook();
  const message = useMessage();
  const user = session?.user;

  const prefer = async (change: Preferences & { language?: string }) => {
    try {
      await api.patch("session/preferences", change);
      // Labels come from the server in the language of the session: all of them are asked for again.
      if (change.language) {
        await i18n.changeLanguage(change.language);
        await queries.invalidateQueries();
      }
    } catch {
      void message.error(t("notKept"));
    }
  };
  const chosen = (is: boolean) => ({ icon: is ? <CheckOutlined aria-hidden="true" /> : <span className="anticon" /> });
  const items: MenuProps["items"] = [
    { key: "who", type: "group", label: `${user?.name ?? ""} · ${session?.login ?? ""}` },
    {
      key: "theme",
      label: t("theme.title"),
      icon: <BulbOutlined aria-hidden="true" />,
      children: (["system", "light", "dark"] as const).map((one) => ({
        key: `theme ${one}`,
        label: t(`theme.${one}`),
        ...chosen(brightness === one),
        onClick: () => {
          choose({ brightness: one });
          void prefer({ theme: one });
        },
      })),
    },
    {
      key: "size",
      label: t("size.large"),
      ...chosen(size === "large"),
      onClick: () => {
        const other = size === "large" ? "normal" : "large";
        choose({ size: other });
        void prefer({ size: other });
      },
    },
    {
      key: "language",
      label: t("otherLanguage"),
      icon: <span className="anticon" />,
      onClick: () => void prefer({ language: i18n.language === "en" ? "zh-CN" : "en" }),
    },
    { type: "divider" },
    {
      key: "preferences",
      label: t("preferences"),
      icon: <BellOutlined aria-hidden="true" />,
      onClick: () => void navigate("/preferences"),
    },
    ...(user?.administers
      ? (["rules", "channels", "messages"] as const).map((one) => ({
          key: one,
          label: t(`administer.${one}`),
          icon: <span className="anticon" />,
          onClick: () => void navigate(`/${one}`),
        }))
      : []),
    { type: "divider" },
    { key: "leave", label: t("signOut"), icon: <span className="anticon" />, onClick: () => signOut.mutate() },
  ];
  return (
    <Dropdown trigger={["click"]} menu={{ items }} placement="bottomRight">
      <Button type="text" icon={<UserOutlined aria-hidden="true" />} aria-label={`${user?.name ?? ""} ${t("myself")}`}>
        <span className="wide-only">{user?.name}</span>
      </Button>
    </Dropdown>
  );
}
