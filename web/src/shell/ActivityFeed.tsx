/** Who did what last, as far as I may know of it. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Empty, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { activityQuery } from "@/api/queries";
import { instantText } from "@/look/figures";
import { ProblemNote } from "@/look/ProblemNote";

/** `most`: only the latest ones, without a way to older ones. */
export function ActivityFeed({ most }: { most?: number }) {
  const { t } = useTranslation("shell");
  const feed = useInfiniteQuery(activityQuery);
  const items = (feed.data?.pages ?? []).flatMap((page) => page.items);
  if (feed.isPending) return <Skeleton active />;
  if (feed.error) return <ProblemNote error={feed.error} onRetry={() => void feed.refetch()} />;
  if (items.length === 0) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("nothingHappened")} />;
  return (
    <>
      <ol className="feed">
        {items.slice(0, most).map((one) => (
          <li key={one.id}>
            <time className="soft figure">{instantText(one.at)}</time>
            <span>{one.by?.title ?? t("system")}</span>
            <span className="soft">{one.action_label}</span>
            <Link to={`/${one.form}/${one.record}`}>
              {one.form_label} {one.title}
            </Link>
          </li>
        ))}
      </ol>
      {most === undefined && feed.hasNextPage && (
        <Button onClick={() => void feed.fetchNextPage()} loading={feed.isFetchingNextPage}>
          {t("older")}
        </Button>
      )}
    </>
  );
}
