/** Which column of a file goes to which field. */
import { Select } from "antd";
import { useTranslation } from "react-i18next";
import type { Target, Told } from "./importing";

interface Props {
  headers: string[];
  targets: Target[];
  told: Told | undefined;
  mapping: Record<string, string | null>;
  strange: string[];
  onChange: (header: string, key: string | null) => void;
}

const LEFT_OUT = "";

export function ImportColumns({ headers, targets, told, mapping, strange, onChange }: Props) {
  const { t } = useTranslation("list");
  const keyOf = (header: string) =>
    header in mapping ? (mapping[header] ?? LEFT_OUT) : (told?.columns[header] ?? LEFT_OUT);
  return (
    <table className="mapping">
      <thead>
        <tr>
          <th scope="col">{t("import.header")}</th>
          <th scope="col">{t("import.goesTo")}</th>
        </tr>
      </thead>
      <tbody>
        {headers.map((header) => (
          <tr key={header} className={strange.includes(header) ? "is-strange" : undefined}>
            <td>{header}</td>
            <td>
              <Select
                size="small"
                aria-label={t("import.goesToOf", { header })}
                showSearch={{ optionFilterProp: "label" }}
                status={keyOf(header) === LEFT_OUT || strange.includes(header) ? "warning" : ""}
                value={keyOf(header)}
                options={[
                  { value: LEFT_OUT, label: t("import.leaveOut") },
                  ...targets.map((one) => ({ value: one.key, label: one.label })),
                ]}
                onChange={(key: string) => onChange(header, key === LEFT_OUT ? null : key)}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
