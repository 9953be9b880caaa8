/** A page that broke says so in its place and leaves the frame standing; what was typed waits where it is kept. */
import { Button } from "antd";
import { Component, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  /** Another address is another page, which may well stand. */
  at: string;
  children: ReactNode;
}

export class Fault extends Component<Props, { isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError(): { isBroken: boolean } {
    return { isBroken: true };
  }

  override componentDidUpdate(before: Props): void {
    if (this.state.isBroken && before.at !== this.props.at) this.setState({ isBroken: false });
  }

  override render(): ReactNode {
    return this.state.isBroken ? <Broken /> : this.props.children;
  }
}

function Broken() {
  const { t } = useTranslation("shell");
  return (
    <div className="broken" role="alert">
      <h1>{t("broken")}</h1>
      <p className="soft">{t("brokenHelp")}</p>
      <Button type="primary" onClick={() => window.location.reload()}>
        {t("reload")}
      </Button>
    </div>
  );
}

const RELOADED = "onebook.reloaded";
const ONCE_MS = 60_000;

/** A newer version took the place of files that this page would still ask for: begin again with it, but not for ever. */
export function reloadWhenReplaced(): void {
  window.addEventListener("vite:preloadError", (event) => {
    if (Date.now() - Number(sessionStorage.getItem(RELOADED) ?? 0) < ONCE_MS) return;
    sessionStorage.setItem(RELOADED, String(Date.now()));
    event.preventDefault();
    window.location.reload();
  });
}
