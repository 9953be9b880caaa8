/** The frame around every page: where one may go, who one is, and the page itself. */
import { useQuery } from "@tanstack/react-query";
import { Button, Layout, Menu } from "antd";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link, Outlet, useLocation } from "react-router";
import { menusQuery } from "@/api/queries";
import type { MenuItem } from "@/api/types";
import { useSignOut } from "./session";

/** The address of a place in the menus. */
export function addressOf(item: MenuItem): string {
  return item.report ? `/reports/${item.report}` : `/${item.form ?? ""}`;
}

export function Frame() {
  const { t } = useTranslation("shell");
  const { pathname } = useLocation();
  const menus = useQuery(menusQuery);
  const signOut = useSignOut();
  const items = (menus.data ?? []).map((group) => ({
    key: group.menu,
    label: group.label,
    children: group.items.map((item) => ({
      key: addressOf(item),
      label: <Link to={addressOf(item)}>{item.label}</Link>,
    })),
  }));
  return (
    <Layout style={{ minHeight: "100%" }}>
      <Layout.Sider width={216} theme="light">
        <Menu mode="inline" items={items} selectedKeys={[pathname]} />
        <Button type="text" onClick={() => signOut.mutate()}>
          {t("signOut")}
        </Button>
      </Layout.Sider>
      <Layout.Content>
        <Suspense>
          <Outlet />
        </Suspense>
      </Layout.Content>
    </Layout>
  );
}
