import { Fragment, type ReactNode } from "react";
import { useStrings } from "../i18n/language";
import { type Block, blocksOf, type Span } from "./answerText";
import type { Citation } from "./server";
import { ASK } from "./strings";

interface Props {
  text: string;
  citations: readonly Citation[];
  onOpenSource: (citation: Citation) => void;
}

/** The words of an answer: paragraphs, lists and numbers of sources that open them. Nothing else is drawn. */
export function AnswerText({ text, citations, onOpenSource }: Props) {
  const spans = (all: readonly Span[]) =>
    all.map((span, index) => (
      // oxlint-disable-next-line react/no-array-index-key -- the pieces of one text never change places
      <Fragment key={index}>{spanOf(span, citations, onOpenSource)}</Fragment>
    ));
  return (
    <div className="answer-text">
      {blocksOf(
        text,
        citations.map((citation) => citation.number),
      ).map((block, index) => (
        // oxlint-disable-next-line react/no-array-index-key
        <Fragment key={index}>{blockOf(block, spans)}</Fragment>
      ))}
    </div>
  );
}

function blockOf(block: Block, spans: (all: readonly Span[]) => ReactNode): ReactNode {
  if (block.is === "list") {
    const items = block.items.map((item, index) => <li key={index}>{spans(item)}</li>);
    return block.ordered ? <ol start={block.start}>{items}</ol> : <ul>{items}</ul>;
  }
  return (
    <p>
      {block.lines.map((line, index) => (
        <Fragment key={index}>
          {index > 0 && <br />}
          {spans(line)}
        </Fragment>
      ))}
    </p>
  );
}

function spanOf(span: Span, citations: readonly Citation[], onOpen: (citation: Citation) => void): ReactNode {
  if (span.is === "text") return span.text;
  const citation = citations.find((one) => one.number === span.number);
  return citation ? <SourceNumber citation={citation} onOpen={onOpen} /> : `[${span.number}]`;
}

function SourceNumber({ citation, onOpen }: { citation: Citation; onOpen: (citation: Citation) => void }) {
  const say = useStrings(ASK);
  return (
    <button
      type="button"
      className="source-number"
      aria-label={say.openSource(citation.number, citation.title)}
      onClick={() => onOpen(citation)}
    >
      [{citation.number}]
    </button>
  );
}
