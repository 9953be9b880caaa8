/** The product's look around everything: theme, brightness, size of type, and Ant Design in the reader's language. */
import { ConfigProvider, theme } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from "react";
import { useTranslation } from "react-i18next";
import type { Preferences } from "@/api/types";
import { Messages } from "./messages";
import { NONCE } from "./nonce";
import { type Size, themed } from "./tokens";
import { useNarrow } from "./useNarrow";

type Brightness = NonNullable<Preferences["theme"]>;

interface Chosen {
  brightness: Brightness;
  size: Size;
  isDark: boolean;
  choose: (change: { brightness?: Brightness; size?: Size }) => void;
  /** The page in sight is as bright as it must be, whatever is chosen, until the function that comes back is called. */
  hold: (brightness: "light" | "dark") => () => void;
}

const Choice = createContext<Chosen | null>(null);

/** How the pages look, and the way to change it. */
export function useLook(): Chosen {
  const chosen = use(Choice);
  if (!chosen) throw new Error("useLook stands outside of Look");
  return chosen;
}

const NIGHT = "(prefers-color-scheme: dark)";

function useNight(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const query = window.matchMedia(NIGHT);
      query.addEventListener("change", changed);
      return () => query.removeEventListener("change", changed);
    },
    () => window.matchMedia(NIGHT).matches,
  );
}

export function Look({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation();
  const night = useNight();
  const narrow = useNarrow();
  const [brightness, setBrightness] = useState(() => (localStorage.getItem("onebook.theme") ?? "system") as Brightness);
  const [size, setSize] = useState(() => (localStorage.getItem("onebook.size") ?? "normal") as Size);
  const [held, setHeld] = useState<"light" | "dark" | null>(null);
  const wanted = held ?? brightness;
  const isDark = wanted === "dark" || (wanted === "system" && night);
  const isEnglish = i18n.language === "en";

  useEffect(() => {
    document.documentElement.lang = i18n.language;
    document.documentElement.dataset.theme = isDark ? "dark" : "light";
    document.documentElement.dataset.size = size;
    dayjs.locale(isEnglish ? "en" : "zh-cn");
  }, [i18n.language, isDark, size, isEnglish]);

  const hold = useCallback((one: "light" | "dark") => {
    setHeld(one);
    return () => setHeld(null);
  }, []);
  const chosen = useMemo<Chosen>(
    () => ({
      brightness,
      size,
      isDark,
      choose: (change) => {
        if (change.brightness) {
          localStorage.setItem("onebook.theme", change.brightness);
          setBrightness(change.brightness);
        }
        if (change.size) {
          localStorage.setItem("onebook.size", change.size);
          setSize(change.size);
        }
      },
      hold,
    }),
    [brightness, size, isDark, hold],
  );

  return (
    <Choice value={chosen}>
      <ConfigProvider
        theme={themed(isDark, size, narrow)}
        locale={isEnglish ? enUS : zhCN}
        csp={{ nonce: NONCE }}
        button={{ autoInsertSpace: false }}
      >
        <Variables isDark={isDark} />
        <Messages>{children}</Messages>
      </ConfigProvider>
    </Choice>
  );
}

/** The theme's colours as variables for our own style sheets. */
function Variables({ isDark }: { isDark: boolean }) {
  const { token } = theme.useToken();
  useEffect(() => {
    const style = document.documentElement.style;
    const given: Record<string, string> = {
      "--ink": token.colorText,
      "--ink-soft": token.colorTextDescription,
      "--ink-faint": token.colorTextTertiary,
      "--paper": token.colorBgLayout,
      "--sheet": token.colorBgContainer,
      "--raised": token.colorBgElevated,
      "--line": token.colorBorderSecondary,
      "--line-strong": token.colorBorder,
      "--accent": token.colorPrimary,
      "--accent-soft": token.colorPrimaryBg,
      // On the primary colour's own shade, where the primary itself is hard to read at night.
      "--accent-ink": isDark ? "#b5cef6" : token.colorPrimary,
      // On a surface of the primary colour itself.
      "--on-strong": isDark ? "#10161f" : "#ffffff",
      "--hover": token.colorFillTertiary,
      "--good": token.colorSuccess,
      "--warn": token.colorWarning,
      "--bad": token.colorError,
      "--bad-soft": token.colorErrorBg,
      "--font": token.fontFamily,
      "--font-size": `${token.fontSize}px`,
    };
    for (const [name, value] of Object.entries(given)) style.setProperty(name, value);
  }, [token, isDark]);
  return null;
}
