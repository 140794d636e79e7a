import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import { type KeyboardEvent, useEffect, useRef } from "react";
import type { components } from "../api/schema";
import { useStrings } from "../i18n/language";
import { SourceView } from "./SourceView";
import { DOCUMENTS } from "./strings";

interface Props {
  citation: components["schemas"]["CitationView"];
  /** Over everything on a phone, beside the conversation elsewhere. */
  over: boolean;
  onClose: () => void;
}

/** A source that was opened from an answer. The focus goes in, and back to where it came from. */
export function SourcePanel({ citation, over, onClose }: Props) {
  const say = useStrings(DOCUMENTS);
  const heading = useReturnedFocus(`${citation.document_id} ${citation.number}`);
  const title = `${say.source(citation.number)}: ${citation.title}`;
  if (over) {
    return (
      <Modal visible size="max" header={title} closeAriaLabel={say.close} onDismiss={onClose}>
        <SourceView citation={citation} />
      </Modal>
    );
  }
  const escape = (event: KeyboardEvent) => event.key === "Escape" && onClose();
  return (
    <aside className="source-panel" aria-label={title} onKeyDown={escape}>
      <div className="source-head">
        <h3 ref={heading} tabIndex={-1}>
          {title}
        </h3>
        <Button variant="icon" iconName="close" ariaLabel={say.close} onClick={onClose} />
      </div>
      <SourceView citation={citation} />
    </aside>
  );
}

function useReturnedFocus(key: string) {
  const heading = useRef<HTMLHeadingElement>(null);
  const from = useRef<Element | null>(null);
  useEffect(() => {
    from.current ??= document.activeElement;
    heading.current?.focus();
  }, [key]);
  useEffect(
    () => () => {
      if (from.current instanceof HTMLElement && from.current.isConnected) from.current.focus();
    },
    [],
  );
  return heading;
}
