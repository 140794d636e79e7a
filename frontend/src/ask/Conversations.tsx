import Button, { type ButtonProps } from "@cloudscape-design/components/button";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { asFailure } from "../api/failure";
import type { Remote } from "../api/remote";
import { useStrings } from "../i18n/language";
import { useTimes } from "../i18n/times";
import { RemoteView } from "../shell/RemoteView";
import { type ConversationSummary, deleteConversation } from "./server";
import { ASK } from "./strings";

interface Props {
  remote: Remote<ConversationSummary[]>;
  currentId: string;
  onNew: () => void;
  onDeleted: (id: string) => void;
}

/** What this person has asked before, newest first. */
export function Conversations({ remote, currentId, onNew, onDeleted }: Props) {
  const say = useStrings(ASK);
  return (
    <nav className="conversations" aria-label={say.conversations}>
      <Button iconName="add-plus" onClick={onNew}>
        {say.newConversation}
      </Button>
      <RemoteView remote={remote} isEmpty={(all) => all.length === 0} empty={<p>{say.noConversations}</p>}>
        {(all) => (
          <ul>
            {all.map((one) => (
              <Entry
                key={one.conversation_id}
                one={one}
                current={one.conversation_id === currentId}
                onDeleted={onDeleted}
              />
            ))}
          </ul>
        )}
      </RemoteView>
    </nav>
  );
}

interface EntryProps {
  one: ConversationSummary;
  current: boolean;
  onDeleted: (id: string) => void;
}

function Entry({ one, current, onDeleted }: EntryProps) {
  const say = useStrings(ASK);
  const times = useTimes();
  const [asking, setAsking] = useState(false);
  const [failure, setFailure] = useState("");
  const remove = async () => {
    try {
      await deleteConversation(one.conversation_id);
      onDeleted(one.conversation_id);
    } catch (thrown) {
      setFailure(asFailure(thrown).message);
    }
  };
  return (
    <li className={current ? "current" : ""}>
      <div className="conversation-row">
        <Link to={`/ask/${encodeURIComponent(one.conversation_id)}`} aria-current={current ? "page" : undefined}>
          {one.title}
          <small>
            {times.dayAndClock(one.last_at)} · {say.answersCount(one.answers)}
          </small>
        </Link>
        {current && !asking && (
          <Button
            variant="icon"
            iconName="remove"
            ariaLabel={`${say.delete}: ${one.title}`}
            onClick={() => setAsking(true)}
          />
        )}
      </div>
      {asking && (
        <Really title={one.title} failure={failure} onYes={() => void remove()} onNo={() => setAsking(false)} />
      )}
    </li>
  );
}

interface ReallyProps {
  title: string;
  failure: string;
  onYes: () => void;
  onNo: () => void;
}

function Really({ title, failure, onYes, onNo }: ReallyProps) {
  const say = useStrings(ASK);
  const no = useRef<ButtonProps.Ref>(null);
  useEffect(() => void no.current?.focus(), []);
  return (
    <div role="group" aria-label={say.delete} className="conversation-delete">
      <p>{say.deleteReally(title)}</p>
      <Button ref={no} onClick={onNo}>
        {say.deleteNo}
      </Button>{" "}
      <Button onClick={onYes}>{say.deleteYes}</Button>
      {failure && <p role="alert">{failure}</p>}
    </div>
  );
}
