import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import { useEffect, useRef } from "react";
import type { components } from "../api/schema";
import { useReturnFocus } from "./useReturnFocus";
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
  const heading = useRef<HTMLHeadingElement>(null);
  useReturnFocus();
  useEffect(() => void heading.current?.focus(), [citation]);
  useEscape(onClose);
  const title = `${say.source(citation.number)}: ${citation.title}`;
  if (over) {
    return (
      <Modal visible size="max" header={title} closeAriaLabel={say.close} onDismiss={onClose}>
        <SourceView citation={citation} />
      </Modal>
    );
  }
  return (
    <aside className="source-panel" aria-label={title}>
      <div className="source-head">
        <h2 ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <Button variant="icon" iconName="close" ariaLabel={say.close} onClick={onClose} />
      </div>
      <SourceView citation={citation} />
    </aside>
  );
}

function useEscape(onEscape: () => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => event.key === "Escape" && onEscape();
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, [onEscape]);
}
