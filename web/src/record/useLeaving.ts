/** Leaving with something typed: nothing is lost, and nobody leaves without being told. */
import { Modal } from "antd";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

/** The question stands where what is given back is drawn. */
export function useLeaving(isDirty: boolean, keep: () => unknown): ReactNode {
  const { t } = useTranslation("record");
  const [modal, question] = Modal.useModal();
  const navigate = useNavigate();
  const latest = useRef({ isDirty, keep });
  latest.current = { isDirty, keep };

  // The tab or the window is closed.
  useEffect(() => {
    const close = (event: BeforeUnloadEvent) => {
      if (!latest.current.isDirty) return;
      latest.current.keep();
      event.preventDefault();
    };
    window.addEventListener("beforeunload", close);
    return () => window.removeEventListener("beforeunload", close);
  }, []);

  // A link on the page leads elsewhere.
  useEffect(() => {
    const click = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
      const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
      if (!latest.current.isDirty || !link || !isPlain || event.defaultPrevented) return;
      const goes = new URL(link.href, window.location.href);
      if (link.target === "_blank" || goes.origin !== window.location.origin || goes.pathname.startsWith("/api/"))
        return;
      if (goes.pathname === window.location.pathname) return;
      event.preventDefault();
      event.stopPropagation();
      modal.confirm({
        title: t("leave.title"),
        content: t("leave.help"),
        okText: t("leave.go"),
        cancelText: t("leave.stay"),
        onOk: () => {
          latest.current.keep();
          navigate(goes.pathname + goes.search);
        },
      });
    };
    document.addEventListener("click", click, true);
    return () => document.removeEventListener("click", click, true);
  }, [modal, navigate, t]);

  // The page goes in any other way (back, a command): what was typed waits for whoever comes again.
  useEffect(
    () => () => {
      if (latest.current.isDirty) latest.current.keep();
    },
    [],
  );
  return question;
}
