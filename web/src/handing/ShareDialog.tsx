/** Links by which others read a dashboard or report for a while: made, copied, ended. */
import { CopyOutlined, LinkOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Input, Modal, Segmented, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { isOf, sharesQuery, type Thing } from "@/api/dashboards";
import { instantText } from "@/look/figures";
import { useMessage } from "@/look/messages";
import { ProblemNote } from "@/look/ProblemNote";
import "./handing.css";

interface Props {
  of: Thing;
  label: string;
  asked: Record<string, string>;
  onClose: () => void;
}

const DAYS = [1, 7, 30, 90];

export default function ShareDialog({ of, label, asked, onClose }: Props) {
  const { t } = useTranslation("dashboard");
  const message = useMessage();
  const queries = useQueryClient();
  const [days, setDays] = useState(7);
  const shares = useQuery(sharesQuery);
  const mine = (shares.data ?? []).filter((one) => isOf(of, one));
  const again = () => queries.invalidateQueries({ queryKey: sharesQuery.queryKey });
  const make = useMutation({
    mutationFn: () =>
      api.post<{ id: number; token: string; expires_at: string }>("shares", {
        ...of,
        parameters: asked,
        days,
      }),
    onSuccess: again,
  });
  const end = useMutation({ mutationFn: (id: number) => api.delete(`shares/${id}`), onSettled: again });
  const link = make.data ? `${window.location.origin}/shared/${make.data.token}` : null;
  const copy = async () => {
    if (!link) return;
    try {
      await navigator.clipboard.writeText(link);
      void message.success(t("sharing.copied"));
    } catch {
      void message.warning(t("sharing.notCopied"));
    }
  };
  return (
    <Modal open title={t("sharing.title", { label })} footer={null} onCancel={onClose}>
      <div className="handing">
        <p className="soft">{t("sharing.about")}</p>
        <div className="handing-line">
          <span>{t("sharing.days")}</span>
          <Segmented
            value={days}
            onChange={setDays}
            options={DAYS.map((value) => ({ value, label: t("sharing.inDays", { count: value }) }))}
          />
          <Button
            type="primary"
            icon={<LinkOutlined aria-hidden="true" />}
            loading={make.isPending}
            onClick={() => make.mutate()}
          >
            {t("sharing.make")}
          </Button>
        </div>
        <ProblemNote error={make.error ?? end.error} />
        {link && (
          <div className="handing-made" role="status">
            <span>{t("sharing.made")}</span>
            <div className="handing-line">
              <Input readOnly value={link} aria-label={t("sharing.made")} onFocus={(event) => event.target.select()} />
              <Button icon={<CopyOutlined aria-hidden="true" />} onClick={() => void copy()}>
                {t("sharing.copy")}
              </Button>
            </div>
          </div>
        )}
        <h3>{t("sharing.links")}</h3>
        {shares.isPending && <Skeleton active paragraph={{ rows: 2 }} />}
        <ProblemNote error={shares.error} onRetry={() => void shares.refetch()} />
        {shares.data && mine.length === 0 && <p className="soft">{t("sharing.none")}</p>}
        <ul className="handing-list">
          {mine.map((one) => (
            <li key={one.id}>
              <span>{t("sharing.until", { day: instantText(one.expires_at) })}</span>
              <span className="soft">
                {one.reads > 0 ? t("sharing.reads", { count: one.reads }) : t("sharing.unread")}
              </span>
              <Button
                size="small"
                danger
                loading={end.isPending && end.variables === one.id}
                onClick={() => end.mutate(one.id)}
              >
                {t("sharing.end")}
              </Button>
            </li>
          ))}
        </ul>
      </div>
    </Modal>
  );
}
