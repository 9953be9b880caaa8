/** Which file it is, dropped or chosen; and a template for whoever has none. */
import { InboxOutlined } from "@ant-design/icons";
import { type DragEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Form } from "@/api/types";
import { Download } from "./Download";
import { importApi } from "./importing";

export function ImportFile({ form, onFile }: { form: Form; onFile: (file: File) => void }) {
  const { t } = useTranslation("list");
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
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
        <Download label={t("import.template")} fetch={() => importApi.template(form.form)} />
      </section>
    </div>
  );
}
