/** Saying what the server refused, over the page. */
import { useTranslation } from "react-i18next";
import { Problem } from "@/api/client";
import { useMessage } from "@/look/messages";

export function useTold(): (error: unknown) => void {
  const { t } = useTranslation();
  const message = useMessage();
  return (error) =>
    void message.error(error instanceof Problem && error.body.detail ? error.body.detail : t("somethingWrong"));
}
