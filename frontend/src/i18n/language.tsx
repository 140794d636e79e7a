import { I18nProvider, type I18nProviderProps } from "@cloudscape-design/components/i18n";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import type { Language } from "../api/types";
import { type Catalogue, isLanguage, type Translated } from "./catalogue";

interface Setting {
  language: Language;
  setLanguage: (language: Language) => void;
}

const STORED_AS = "lineside-language";
const LanguageContext = createContext<Setting>({ language: "en", setLanguage: () => undefined });

/** Cloudscape's own words, one language at a time: all of them together are 737 kB. */
const CLOUDSCAPE: Record<Language, () => Promise<{ default: I18nProviderProps.Messages }>> = {
  en: () => import("@cloudscape-design/components/i18n/messages/all.en"),
  de: () => import("@cloudscape-design/components/i18n/messages/all.de"),
  zh: () => import("@cloudscape-design/components/i18n/messages/all.zh-CN"),
};

/** The language a person chose on this device, else the browser's, else English. */
export function firstLanguage(): Language {
  const chosen = localStorage.getItem(STORED_AS);
  if (isLanguage(chosen)) return chosen;
  const browser = navigator.language.slice(0, 2);
  return isLanguage(browser) ? browser : "en";
}

export function hasChosenLanguage(): boolean {
  return isLanguage(localStorage.getItem(STORED_AS));
}

export function LanguageProvider({ initial, children }: { initial?: Language; children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(() => initial ?? firstLanguage());
  const [messages, setMessages] = useState<I18nProviderProps.Messages>({});

  useEffect(() => {
    let left = false;
    document.documentElement.lang = language;
    void CLOUDSCAPE[language]().then((module) => left || setMessages(module.default));
    return () => {
      left = true;
    };
  }, [language]);

  const setting = useMemo(
    () => ({
      language,
      setLanguage: (next: Language) => {
        localStorage.setItem(STORED_AS, next);
        setLanguage(next);
      },
    }),
    [language],
  );
  return (
    <LanguageContext.Provider value={setting}>
      <I18nProvider locale={language} messages={[messages]}>
        {children}
      </I18nProvider>
    </LanguageContext.Provider>
  );
}

export function useLanguage(): Setting {
  return useContext(LanguageContext);
}

/** The strings of a part in the language of the person who reads. */
export function useStrings<T>(strings: Catalogue<T>): Translated<T> {
  return strings[useLanguage().language];
}
