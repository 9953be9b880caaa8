/** What is mine to set: which messages reach me where, and who answers for me while I am away. */
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Delegation } from "@/flow/Delegation";
import { Wishes } from "@/message/Wishes";

export default function PreferencesPage() {
  const { t } = useTranslation("shell");
  useEffect(() => {
    document.title = t("preferences");
  }, [t]);
  return (
    <div className="preferences">
      <h1>{t("preferences")}</h1>
      <Delegation />
      <Wishes />
    </div>
  );
}
