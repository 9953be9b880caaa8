/** The rule by which a figure is counted, behind a question mark. */
import { QuestionCircleOutlined } from "@ant-design/icons";
import { Tooltip } from "antd";
import { useTranslation } from "react-i18next";

export function HelpMark({ label, rule }: { label: string; rule: string }) {
  const { t } = useTranslation("dashboard");
  return (
    <Tooltip title={rule}>
      <button type="button" className="help-mark" aria-label={t("rule", { label, rule })}>
        <QuestionCircleOutlined aria-hidden="true" />
      </button>
    </Tooltip>
  );
}
