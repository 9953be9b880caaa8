/** What has to be said over a record: what was kept, who changed it meanwhile, what was refused. */
import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";
import { ProblemNote } from "@/look/ProblemNote";
import type { Kept } from "./keep";

interface Props {
  kept: { found: Kept; use: () => void; refuse: () => void } | null;
  /** Who changed the record while it is typed over; null where nobody did. */
  changedBy: string | null;
  bin: { isRestoring: boolean; restore: () => void } | null;
  problems: readonly unknown[];
  /** Save in spite of what was warned of. */
  saveAnyway: { isBusy: boolean; save: () => void } | null;
  /** Why what follows from the typed values cannot be told now. */
  isBehind: boolean;
}

export function Notes({ kept, changedBy, bin, problems, saveAnyway, isBehind }: Props) {
  const { t } = useTranslation("record");
  return (
    <>
      {kept && (
        <Alert
          type="info"
          showIcon
          title={t("keptFound", { at: new Date(kept.found.at).toLocaleString() })}
          action={
            <span className="note-actions">
              <Button size="small" type="primary" onClick={kept.use}>
                {t("keptUse")}
              </Button>
              <Button size="small" onClick={kept.refuse}>
                {t("keptForget")}
              </Button>
            </span>
          }
        />
      )}
      {changedBy !== null && <Alert type="info" showIcon title={t("changedMeanwhile", { name: changedBy })} />}
      {bin && (
        <Alert
          type="warning"
          showIcon
          title={t("liesInBin")}
          action={
            <Button size="small" loading={bin.isRestoring} onClick={bin.restore}>
              {t("restore")}
            </Button>
          }
        />
      )}
      {isBehind && <Alert type="warning" showIcon role="status" title={t("notComputed")} />}
      {problems.map((one, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: each place has a problem of its own kind
        <ProblemNote key={at} error={one} />
      ))}
      {saveAnyway && (
        <Button onClick={saveAnyway.save} loading={saveAnyway.isBusy}>
          {t("saveAnyway")}
        </Button>
      )}
    </>
  );
}
