/** Tables and activity: everything that happens in the company, the latest first. */
import { useTranslation } from "react-i18next";
import { ActivityFeed } from "./ActivityFeed";
import "./home.css";

export default function ActivityPage() {
  const { t } = useTranslation("shell");
  return (
    <div className="home">
      <h1>{t("activity")}</h1>
      <ActivityFeed />
    </div>
  );
}
