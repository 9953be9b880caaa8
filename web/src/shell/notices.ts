/** Notices: what stands in their first line, and where they lead. */
import type { Notification } from "@/api/types";

type Notice = Pick<Notification, "heading" | "title" | "by" | "link" | "form" | "record">;

/** The notice's own title; without one, who it comes from and which record it is about. */
export function headOf({ heading, title, by }: Notice): string {
  return heading || [by?.title, title].filter(Boolean).join(" · ");
}

/** Its link within the pages, or its record; null: it only tells. */
export function addressOf({ link, form, record }: Notice): string | null {
  // A link never leads out of the pages: two slashes would name another host.
  if (link && /^\/(?![/\\])/.test(link)) return link;
  return form && record ? `/${form}/${record}` : null;
}
