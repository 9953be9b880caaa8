/** Scanning from anywhere: whatever carries the code is found and opened. */
import { useMutation } from "@tanstack/react-query";
import { Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { api } from "@/api/client";
import type { Page } from "@/api/types";
import { titleOf } from "@/fields/title";
import { ProblemNote } from "@/look/ProblemNote";
import type { Scanned } from "@/scan/code";
import { answer, Scanner } from "@/scan/Scanner";
import "./home.css";

export default function ScanPage() {
  const { t } = useTranslation("scan");
  const navigate = useNavigate();
  const [code, setCode] = useState("");
  const search = useMutation({
    mutationFn: ({ code: sought }: Scanned) => api.get<Page[]>("search", { q: sought, limit: 5 }),
    onSuccess: (pages) => {
      const found = pages.flatMap((page) => page.rows.map((row) => `/${page.form}/${row.id}`));
      answer(found.length > 0);
      if (found.length === 1 && found[0]) void navigate(found[0]);
    },
  });
  const pages = search.data ?? [];
  return (
    <div className="home">
      <h1>{t("title")}</h1>
      <p className="soft">{t("hint")}</p>
      <Scanner
        onScan={(found) => {
          setCode(found.code);
          search.mutate(found);
        }}
      />
      <div aria-live="polite">
        {search.isPending && <Skeleton active paragraph={{ rows: 1 }} />}
        <ProblemNote error={search.error} />
        {search.isSuccess && pages.length === 0 && <p className="negative">{t("notKnown", { code })}</p>}
        {pages.map((page) => (
          <ul key={page.form} className="feed">
            {page.rows.map((row) => (
              <li key={row.id}>
                <Link to={`/${page.form}/${row.id}`}>{titleOf(page, row)}</Link>
              </li>
            ))}
          </ul>
        ))}
      </div>
    </div>
  );
}
