import type { PromptInputProps } from "@cloudscape-design/components/prompt-input";
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { useDraft } from "../alarms/useDraft";
import { useNarrow } from "../alarms/useNarrow";
import { useRemote } from "../api/remote";
import { SourcePanel } from "../documents/SourcePanel";
import { useLanguage, useStrings } from "../i18n/language";
import { useSession } from "../session/session";
import { useLive } from "../shell/live";
import { useVoice } from "../voice/useVoice";
import { AboutAlarm } from "./AboutAlarm";
import { Announcer } from "./Announcer";
import { Composer } from "./Composer";
import { Conversations } from "./Conversations";
import { ModelNote } from "./ModelNote";
import { type Citation, readConversations } from "./server";
import { ASK } from "./strings";
import { Suggestions } from "./Suggestions";
import { beginAnew, forget, onOtherTabs, openFor, tellOtherTabs, threadOf } from "./threads";
import { Turns } from "./Turns";
import "./ask.css";

export default function AskPage() {
  const say = useStrings(ASK);
  const { language } = useLanguage();
  const { line } = useLive();
  const { name: person } = useSession();
  const narrow = useNarrow();
  const navigate = useNavigate();
  const [query] = useSearchParams();
  const alarmId = query.get("alarm") ?? "";
  const voice = useVoice();
  const place = useTop();
  const box = useRef<PromptInputProps.Ref>(null);
  const { thread, seen, id } = useThread(person);
  const [text, setText] = useDraft(`question of ${person}`);
  const [spoken, setSpoken] = useState(false);
  const [source, setSource] = useState<Citation | null>(null);
  const conversations = useRemote("conversations", readConversations);
  const reloadList = conversations.reload;

  useEffect(
    () =>
      onOtherTabs(() => {
        reloadList();
        void thread.load();
      }),
    [reloadList, thread],
  );

  const ask = useCallback(
    async (question: string, heard = false) => {
      setText("");
      setSpoken(false);
      const answered = await thread.ask(question, { line, alarm_id: alarmId, language, spoken: heard }, new Date());
      if (!answered) {
        setText(question);
        setSpoken(heard);
      }
      reloadList();
      tellOtherTabs();
    },
    [thread, line, alarmId, language, reloadList, setText],
  );
  const startNew = () => {
    beginAnew();
    setSource(null);
    void navigate("/ask");
    box.current?.focus();
  };
  const deleted = (gone: string) => {
    forget(gone);
    reloadList();
    tellOtherTabs();
    void navigate("/ask");
  };
  const list = <Conversations remote={conversations} currentId={id} onNew={startNew} onDeleted={deleted} />;
  return (
    <div className={`ask ${source && !narrow ? "ask--source" : ""}`} ref={place}>
      <h1 className="ask-title">{say.title}</h1>
      <div className="ask-columns">
        {narrow ? <Folded title={say.conversations}>{list}</Folded> : list}
        <div className="ask-main">
          <AboutAlarm alarmId={alarmId} />
          <ModelNote />
          <Turns
            seen={seen}
            onReload={() => void thread.load()}
            actions={{
              onAsk: (question) => void ask(question),
              onOpenSource: setSource,
              speak: voice.speak,
              busy: seen.answering,
            }}
          />
          <Announcer turns={seen.turns} />
          <div className="ask-bottom">
            {!seen.answering && text === "" && (
              <Suggestions about={{ line, alarmId, language }} onAsk={(question) => void ask(question)} />
            )}
            <Composer
              text={text}
              onText={(written) => {
                setText(written);
                // What was spoken stays so however it is corrected; an empty box begins anew.
                if (!written) setSpoken(false);
              }}
              onHeard={() => setSpoken(true)}
              answering={seen.answering}
              onSend={() => void ask(text.trim(), spoken)}
              onStop={() => thread.stop()}
              voice={voice}
              box={box}
            />
          </div>
        </div>
        {source && <SourcePanel citation={source} over={narrow} onClose={() => setSource(null)} />}
      </div>
    </div>
  );
}

function Folded({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <details className="conversations-folded">
      <summary>{title}</summary>
      {children}
    </details>
  );
}

/** The conversation of this address. A new one gets its address once the server has named it. */
function useThread(person: string) {
  const { "*": rest = "" } = useParams();
  const [query] = useSearchParams();
  const navigate = useNavigate();
  const id = decodeURIComponent(rest);
  openFor(person);
  const thread = threadOf(id);
  const seen = useSyncExternalStore(thread.subscribe, thread.snapshot);
  useEffect(() => void thread.load(), [thread]);
  useEffect(() => {
    if (!id && seen.id)
      void navigate({ pathname: `/ask/${encodeURIComponent(seen.id)}`, search: String(query) }, { replace: true });
  }, [id, seen.id, navigate, query]);
  return { thread, seen, id };
}

/** Tells the styles how far down the page begins, so that the box for the question stands at the bottom of the window. */
function useTop() {
  return useCallback((element: HTMLDivElement | null) => {
    if (!element) return undefined;
    const measure = () => {
      const top = element.getBoundingClientRect().top + globalThis.scrollY;
      element.style.setProperty("--ask-top", `${Math.round(top)}px`);
    };
    measure();
    globalThis.addEventListener("resize", measure);
    return () => globalThis.removeEventListener("resize", measure);
  }, []);
}
