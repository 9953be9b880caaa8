/** A refusal in place: what was refused and every cause, with the field and row that each concerns. */
import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";
import { Problem } from "@/api/client";

interface Props {
  error: unknown;
  onRetry?: () => void;
  /** How a cause's field is called on this page. */
  labelOf?: (field: string) => string | undefined;
  /** Whether the numbers of rows mean rows that the reader sees. */
  hasRows?: boolean;
}

export function ProblemNote({ error, onRetry, labelOf, hasRows = true }: Props) {
  const { t } = useTranslation();
  if (!error) return null;
  const retry = onRetry && (
    <Button size="small" onClick={onRetry}>
      {t("retry")}
    </Button>
  );
  if (!(error instanceof Problem)) return <Alert type="error" showIcon title={t("somethingWrong")} action={retry} />;
  if (error.status === 0) return <Alert type="warning" showIcon title={t("unreachable")} action={retry} />;
  if (error.status === 404) return <Alert type="info" showIcon title={t("notFound")} action={retry} />;
  const causes = error.body.problems;
  return (
    <Alert
      type="error"
      showIcon
      title={error.body.detail}
      action={retry}
      description={
        causes.length > 0 && (
          <ul className="causes">
            {causes.map((cause) => (
              <li key={`${cause.code} ${cause.field} ${cause.row} ${cause.text}`}>
                {[
                  cause.row === null || !hasRows ? null : t("rowNumber", { row: cause.row }),
                  cause.field && labelOf?.(cause.field),
                ]
                  .filter(Boolean)
                  .map((place) => t("at", { place }))
                  .join("")}
                {cause.text}
              </li>
            ))}
          </ul>
        )
      }
    />
  );
}
