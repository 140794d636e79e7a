import { useRemote } from "../api/remote";
import type { Language } from "../api/types";
import { useStrings } from "../i18n/language";
import { readSuggestions } from "./server";
import { ASK } from "./strings";

interface Props {
  about: { line: string; alarmId: string; language: Language };
  onAsk: (question: string) => void;
}

/** Questions that fit the alarm one came from, or the line. A press asks. */
export function Suggestions({ about, onAsk }: Props) {
  const say = useStrings(ASK);
  const key = `suggestions ${about.line} ${about.alarmId} ${about.language}`;
  const { data = [] } = useRemote(key, (signal) => readSuggestions(about, signal));
  if (data.length === 0) return null;
  return (
    <ul className="suggestions" aria-label={say.suggestions}>
      {data.map(({ question }) => (
        <li key={question}>
          <button type="button" onClick={() => onAsk(question)}>
            {question}
          </button>
        </li>
      ))}
    </ul>
  );
}
