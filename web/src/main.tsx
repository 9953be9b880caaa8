/** Where the pages begin. */
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { I18nextProvider } from "react-i18next";
import { createQueries } from "@/api/queries";
import { Look } from "@/look/Look";
import { Shortcuts } from "@/look/shortcuts";
import { askAhead } from "@/shell/ahead";
import { reloadWhenReplaced } from "@/shell/Fault";
import { Pages } from "@/shell/Pages";
import { createTexts } from "@/text";
import "@/look/base.css";

const root = document.getElementById("root");
if (!root) throw new Error("the page has no root");

reloadWhenReplaced();
const queries = createQueries();
const ahead = askAhead(queries, window.location.pathname);
createRoot(root).render(
  <StrictMode>
    <I18nextProvider i18n={createTexts()}>
      <QueryClientProvider client={queries}>
        <Look>
          <Shortcuts>
            <Pages ahead={ahead} />
          </Shortcuts>
        </Look>
      </QueryClientProvider>
    </I18nextProvider>
  </StrictMode>,
);

// Only over a secure line or on this machine: elsewhere browsers do not offer it, and nothing depends on it.
if (import.meta.env.PROD && "serviceWorker" in navigator) {
  window.addEventListener("load", () => void navigator.serviceWorker.register("/sw.js").catch(() => undefined));
}
