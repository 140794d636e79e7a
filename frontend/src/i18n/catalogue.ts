import type { Language } from "../api/types";

/** What an interface says: a sentence, or one with values in it. */
export type Message = string | ((...values: never[]) => string);

/** The same keys in another language; a function keeps its arguments. A missing or surplus key does not compile. */
export type Translated<T> = {
  readonly [Key in keyof T]: T[Key] extends (...values: infer Values) => string ? (...values: Values) => string : string;
};

export type Catalogue<T> = Readonly<Record<Language, Translated<T>>>;

/** The strings of one part of the console. English comes first and decides the keys. */
export function catalogue<T extends Record<string, Message>>(
  en: T,
  de: Translated<NoInfer<T>>,
  zh: Translated<NoInfer<T>>,
): Catalogue<T> {
  // A string type is a string, and a function keeps its arguments: what TypeScript cannot see through the mapped type.
  return { en: en as unknown as Translated<T>, de, zh };
}

export const LANGUAGES: readonly { id: Language; name: string }[] = [
  { id: "en", name: "English" },
  { id: "de", name: "Deutsch" },
  { id: "zh", name: "中文" },
];

export function isLanguage(word: string | null | undefined): word is Language {
  return LANGUAGES.some((language) => language.id === word);
}
