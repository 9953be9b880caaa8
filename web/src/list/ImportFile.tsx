/** Which file it is, dropped or chosen; and a template for whoever has none. */
import { DownloadOutlined, InboxOutlined } from "@ant-design/icons";
import { useMutation } from "@tanstack/react-query";
import { Button } from "antd";
import { type DragEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { keep } from "@/api/client";
import type { Form } from "@/api/types";
import { importApi } from "./importing";
import { useTold } from "./useTold";

export function ImportFile({ form, onFile }: { form: Form; onFile: (file: File) => void }) {
  const { t } = useTranslation("list");
  const tell = useTold();
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const template = useMutation({ mutationFn: () => importApi.template(form.form), onSuccess: keep, onError: tell });
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) onFile(file);
  };
  return (
    <div className="import-choose">
      <button
        type="button"
        className={isOver ? "import-drop is-over" : "import-drop"}
        onClick={() => input.current?.click()}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <InboxOutlined aria-hidden="true" />
        <strong>{t("import.drop")}</strong>
        <span className="soft">{t("import.kinds")}</span>
      </button>
      <input
        ref={input}
        type="file"
        className="unseen"
        tabIndex={-1}
        accept=".xlsx,.xls,.csv,.txt"
        aria-label={t("import.drop")}
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          if (chosen) onFile(chosen);
        }}
      />
      <section>
        <h2>{t("import.noFile")}</h2>
        <p className="soft">{t("import.templateHelp")}</p>
        <Button
          icon={<DownloadOutlined aria-hidden="true" />}
          loading={template.isPending}
          onClick={() => template.mutate()}
        >
          {t("import.template")}
        </Button>
      </section>
    </div>
  );
}
