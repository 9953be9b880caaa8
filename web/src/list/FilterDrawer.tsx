/** Conditions, groups of one kind and order on a phone: in a drawer from below. */
import { Button, Drawer, Select } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Asked } from "./address";
import type { Column } from "./columns";
import { Filters } from "./Filters";

interface Props {
  columns: Column[];
  asked: Asked;
  sort: string[];
  onAsk: (change: Partial<Asked>, replace?: boolean) => void;
  onClose: () => void;
  count: ReactNode;
}

export default function FilterDrawer({ columns, asked, sort, onAsk, onClose, count }: Props) {
  const { t } = useTranslation("list");
  const first = sort[0] ?? "";
  const key = first.replace(/^-/, "");
  return (
    <Drawer open placement="bottom" size="80%" title={t("conditions")} onClose={onClose} className="filter-drawer">
      <Filters
        columns={columns}
        where={asked.where}
        filter={asked.filter}
        onChange={(where) => onAsk({ where }, true)}
        onFilter={(filter) => onAsk({ filter }, true)}
      />
      <h3>{t("order")}</h3>
      <div className="filter-pair">
        <Select
          aria-label={t("order")}
          value={key || null}
          options={columns.filter((one) => one.canSort).map((one) => ({ value: one.key, label: one.shape.label }))}
          onChange={(chosen: string) => onAsk({ sort: [chosen] }, true)}
        />
        <Select
          aria-label={t("direction")}
          disabled={!key}
          value={first.startsWith("-") ? "down" : "up"}
          options={[
            { value: "up", label: t("rising") },
            { value: "down", label: t("falling") },
          ]}
          onChange={(way: string) => onAsk({ sort: [way === "down" ? `-${key}` : key] }, true)}
        />
      </div>
      <Button type="primary" block size="large" onClick={onClose}>
        {t("showRows")} {count}
      </Button>
    </Drawer>
  );
}
