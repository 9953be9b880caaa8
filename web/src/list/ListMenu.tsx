/** What can be done with a list as a whole: taken out as a file, filled from one, and looked at without what was thrown away. */
import { DeleteOutlined, DownloadOutlined, MoreOutlined, UploadOutlined } from "@ant-design/icons";
import { useMutation } from "@tanstack/react-query";
import { Button, Dropdown } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api, keep, Problem, type Query } from "@/api/client";
import type { Form } from "@/api/types";
import { useMessage } from "@/look/messages";

interface Props {
  form: Form;
  isBin: boolean;
  /** The rows and columns that a file holds. */
  question: Query;
  onBin: () => void;
}

export function ListMenu({ form, isBin, question, onBin }: Props) {
  const { t } = useTranslation("list");
  const message = useMessage();
  const navigate = useNavigate();
  const exporting = useMutation({
    mutationFn: async (format: "xlsx" | "csv") => {
      keep(await api.file("GET", `${form.form}/export`, { query: { ...question, format } }));
    },
    onMutate: () => void message.open({ key: "export", type: "loading", content: t("exporting"), duration: 0 }),
    onSuccess: () => void message.open({ key: "export", type: "success", content: t("exported") }),
    onError: (error) =>
      void message.open({
        key: "export",
        type: "error",
        content: error instanceof Problem && error.body.detail ? error.body.detail : t("common:somethingWrong"),
      }),
  });
  const items = [
    ...(form.rights.export && !isBin
      ? [
          { key: "xlsx", icon: <DownloadOutlined aria-hidden="true" />, label: t("exportAs", { format: "Excel" }) },
          { key: "csv", icon: <DownloadOutlined aria-hidden="true" />, label: t("exportAs", { format: "CSV" }) },
        ]
      : []),
    ...(form.rights.import && !isBin
      ? [{ key: "import", icon: <UploadOutlined aria-hidden="true" />, label: t("common:import") }]
      : []),
    ...(form.rights.delete !== "none"
      ? [{ key: "bin", icon: <DeleteOutlined aria-hidden="true" />, label: isBin ? t("leaveBin") : t("bin") }]
      : []),
  ];
  if (items.length === 0) return null;
  const onClick = (key: string) => {
    if (key === "xlsx" || key === "csv") exporting.mutate(key);
    else if (key === "import") navigate(`/${form.form}/import`);
    else onBin();
  };
  return (
    <Dropdown trigger={["click"]} menu={{ items, onClick: ({ key }) => onClick(key) }}>
      <Button icon={<MoreOutlined aria-hidden="true" />} aria-label={t("common:more")} loading={exporting.isPending} />
    </Dropdown>
  );
}
