import { LANGUAGES } from "../i18n/catalogue";
import { useLanguage, useStrings } from "../i18n/language";
import { SHELL } from "./strings";

/** For the sign-in page, where there is no top bar yet. */
export function LanguageSwitch() {
  const say = useStrings(SHELL);
  const { language, setLanguage } = useLanguage();
  return (
    <div className="language-switch" role="group" aria-label={say.language}>
      {LANGUAGES.map(({ id, name }) => (
        <button key={id} type="button" lang={id} aria-pressed={id === language} onClick={() => setLanguage(id)}>
          {name}
        </button>
      ))}
    </div>
  );
}
