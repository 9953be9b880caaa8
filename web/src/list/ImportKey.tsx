/** By what a row of a file is known to be a record that is there already. */
import { Radio, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { Options, Target } from "./importing";

export function ImportKey({
  options,
  targets,
  onChange,
}: {
  options: Options;
  targets: Target[];
  onChange: (some: Partial<Options>) => void;
}) {
  const { t } = useTranslation("list");
  const way = options.key === null ? "auto" : options.key.length === 0 ? "new" : "by";
  return (
    <fieldset>
      <legend>{t("import.key")}</legend>
      <Radio.Group
        className="import-ways"
        value={way}
        onChange={(event) => {
          const first = targets[0];
          onChange({
            key: event.target.value === "auto" ? null : event.target.value === "new" || !first ? [] : [first.key],
          });
        }}
        options={[
          { value: "auto", label: t("import.keyAuto") },
          { value: "new", label: t("import.keyNew") },
          { value: "by", label: t("import.keyBy"), disabled: targets.length === 0 },
        ]}
      />
      {way === "by" && (
        <Select
          mode="multiple"
          aria-label={t("import.keyBy")}
          value={options.key ?? []}
          options={targets.map((one) => ({ value: one.key, label: one.label }))}
          onChange={(key: string[]) => {
            if (key.length > 0) onChange({ key });
          }}
        />
      )}
    </fieldset>
  );
}
