/** Ways to read the same figures otherwise: their shares, sums as they run on, only the largest with the rest as one. */
import { FunctionOutlined } from "@ant-design/icons";
import { Badge, Button, Dropdown } from "antd";
import { useTranslation } from "react-i18next";

const SWITCHES = ["share", "running"] as const;
const TOPS = ["10", "20", "50"];
/** Reports whose rows are groups. */
export const READABLE = new Set(["records", "balances", "positions", "open_items", "outlook"]);

interface Props {
  asked: Record<string, string>;
  onChange: (change: Record<string, string | null>) => void;
}

export function Readings({ asked, onChange }: Props) {
  const { t } = useTranslation("report");
  const chosen = [...SWITCHES.filter((one) => asked[one] === "1"), ...TOPS.filter((one) => asked.top === one)];
  const items = [
    ...SWITCHES.map((key) => ({ key, label: t(`readings.${key}`) })),
    { type: "divider" as const },
    ...TOPS.map((key) => ({ key, label: t("readings.top", { rows: key }) })),
  ];
  const choose = (key: string) => {
    const next = chosen.includes(key as never) ? null : key;
    if (TOPS.includes(key)) onChange({ top: next });
    else onChange({ [key]: next && "1" });
  };
  return (
    <Dropdown
      trigger={["click"]}
      menu={{ items, selectable: true, multiple: true, selectedKeys: chosen, onClick: ({ key }) => choose(key) }}
    >
      <Badge dot={chosen.length > 0}>
        <Button icon={<FunctionOutlined aria-hidden="true" />}>{t("readings.title")}</Button>
      </Badge>
    </Dropdown>
  );
}
