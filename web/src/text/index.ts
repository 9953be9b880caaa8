/** Words of the pages, one file a room and language; what the server says arrives in the reader's language already. */
import i18next, { type i18n } from "i18next";
import { initReactI18next } from "react-i18next";

export type Language = "zh-CN" | "en";

const files = import.meta.glob<Record<string, unknown>>("./{zh,en}/*.json", { eager: true, import: "default" });

function words(folder: "zh" | "en"): Record<string, Record<string, unknown>> {
  const found = Object.entries(files).filter(([path]) => path.startsWith(`./${folder}/`));
  return Object.fromEntries(found.map(([path, texts]) => [path.slice(`./${folder}/`.length, -".json".length), texts]));
}

export const resources = { "zh-CN": words("zh"), en: words("en") };

/** The first of our languages that the browser asks for. */
export function preferred(): Language {
  const kept = localStorage.getItem("onebook.language");
  const asked = kept ?? navigator.languages.find((tag) => /^(zh|en)/i.test(tag)) ?? "zh-CN";
  return asked.toLowerCase().startsWith("en") ? "en" : "zh-CN";
}

export function createTexts(language: Language = preferred()): i18n {
  const texts = i18next.createInstance();
  void texts.use(initReactI18next).init({
    lng: language,
    fallbackLng: "zh-CN",
    resources,
    defaultNS: "common",
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  return texts;
}
