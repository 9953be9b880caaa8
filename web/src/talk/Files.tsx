/** Files beside a record: dropped, pasted or chosen, looked at in place, taken away. */
import { DeleteOutlined, FileOutlined, InboxOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Image, Popconfirm, Skeleton, Upload } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { address, api } from "@/api/client";
import { keys } from "@/api/queries";
import type { Linked } from "@/api/types";
import { instantText } from "@/look/figures";
import { ProblemNote } from "@/look/ProblemNote";
import "./talk.css";

interface Attached {
  id: number;
  at: string;
  by: Linked;
  name: string;
  media: string;
  size: number;
  shown: boolean;
  removable: boolean;
}

const KILO = 1024;

/** A size in bytes as people read it. */
export function sizeText(bytes: number): string {
  if (bytes < KILO) return `${bytes} B`;
  const kilos = bytes / KILO;
  return kilos < KILO ? `${Math.round(kilos)} KB` : `${(kilos / KILO).toFixed(1)} MB`;
}

export function Files({ form, id }: { form: string; id: number }) {
  const { t } = useTranslation("record");
  const queries = useQueryClient();
  const name = [...keys.record(form, id), "files"];
  const found = useQuery({
    queryKey: name,
    queryFn: ({ signal }) => api.get<{ items: Attached[] }>(`${form}/${id}/files`, {}, signal),
  });
  const isOver = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: name }),
      queries.invalidateQueries({ queryKey: [...keys.record(form, id), "changes"] }),
    ]);
  const {
    mutate: bring,
    isPending: isBringing,
    error: refused,
  } = useMutation({
    mutationFn: async (files: File[]) => {
      for (const file of files) {
        const body = new FormData();
        body.append("file", file, file.name);
        await api.post(`${form}/${id}/files`, body);
      }
    },
    onSettled: isOver,
  });
  const take = useMutation({
    mutationFn: (file: number) => api.delete(`${form}/${id}/files/${file}`),
    onSettled: isOver,
  });
  // A picture from the clipboard, wherever on the page nobody is typing a text.
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      bring(files);
    };
    window.addEventListener("paste", paste);
    return () => window.removeEventListener("paste", paste);
  }, [bring]);
  const at = (file: Attached, inline = false) =>
    address(`${form}/${id}/files/${file.id}`, inline ? { inline: true } : {});
  return (
    <div className="files">
      <Upload.Dragger
        multiple
        showUploadList={false}
        customRequest={() => undefined}
        beforeUpload={(file, all) => {
          if (file === all[0]) bring(all);
          return false;
        }}
      >
        <InboxOutlined aria-hidden="true" /> {t(isBringing ? "bringing" : "dropHere")}
      </Upload.Dragger>
      <ProblemNote error={refused ?? take.error ?? found.error} />
      {found.isPending && <Skeleton active />}
      <ul>
        {found.data?.items.map((file) => (
          <li key={file.id}>
            {file.shown && file.media.startsWith("image/") ? (
              <Image src={at(file, true)} alt={file.name} width={44} height={44} />
            ) : (
              <FileOutlined className="file-sign" aria-hidden="true" />
            )}
            <div>
              <a href={at(file, file.shown)} target={file.shown ? "_blank" : undefined} rel="noreferrer">
                {file.name}
              </a>
              <div className="soft">
                {sizeText(file.size)} · {file.by.title} · {instantText(file.at)}
              </div>
            </div>
            {file.removable && (
              <Popconfirm title={t("removeFile")} onConfirm={() => take.mutate(file.id)}>
                <Button
                  type="text"
                  size="small"
                  icon={<DeleteOutlined aria-hidden="true" />}
                  aria-label={t("removeFileOf", { name: file.name })}
                />
              </Popconfirm>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
