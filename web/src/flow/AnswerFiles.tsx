/** Files that go along with an answer: they lie beside the record as soon as they are chosen, and the answer names them. */
import { CloseOutlined, PaperClipOutlined } from "@ant-design/icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Upload } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { keys } from "@/api/queries";
import { ProblemNote } from "@/look/ProblemNote";
import type { Flow, FlowFile } from "./flows";

interface Props {
  flow: Flow;
  files: FlowFile[];
  onChange: (files: FlowFile[]) => void;
}

export function AnswerFiles({ flow, files, onChange }: Props) {
  const { t } = useTranslation("flow");
  const queries = useQueryClient();
  const beside = `${flow.form}/${flow.record}/files`;
  const isOver = () => queries.invalidateQueries({ queryKey: keys.record(flow.form, flow.record) });
  const bring = useMutation({
    mutationFn: async (chosen: File[]) => {
      let known = files;
      for (const file of chosen) {
        const body = new FormData();
        body.append("file", file, file.name);
        const brought = await api.post<FlowFile>(beside, body);
        if (known.some((one) => one.id === brought.id)) continue;
        // Each as it arrives: should the next be refused, this one lies beside the record all the same.
        known = [...known, brought];
        onChange(known);
      }
    },
    onSettled: isOver,
  });
  const take = useMutation({
    mutationFn: (file: FlowFile) => api.delete(`${beside}/${file.id}`),
    onSuccess: (_, file) => onChange(files.filter((one) => one.id !== file.id)),
    onSettled: isOver,
  });
  return (
    <div className="act-files">
      <Upload
        multiple
        showUploadList={false}
        customRequest={() => undefined}
        beforeUpload={(file, all) => {
          if (file === all[0]) bring.mutate(all);
          return false;
        }}
      >
        <Button size="small" type="text" icon={<PaperClipOutlined aria-hidden="true" />} loading={bring.isPending}>
          {t("addFile")}
        </Button>
      </Upload>
      {files.map((file) => (
        <span key={file.id} className="act-file">
          {file.name}
          <Button
            size="small"
            type="text"
            icon={<CloseOutlined aria-hidden="true" />}
            aria-label={t("removeFile", { name: file.name })}
            loading={take.isPending && take.variables?.id === file.id}
            onClick={() => take.mutate(file)}
          />
        </span>
      ))}
      <ProblemNote error={bring.error ?? take.error} hasRows={false} />
    </div>
  );
}
