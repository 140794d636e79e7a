import Button from "@cloudscape-design/components/button";
import { useEffect, useRef, useState } from "react";
import { asFailure, type Failure } from "../api/failure";
import { useRemote } from "../api/remote";
import { useStrings } from "../i18n/language";
import { Loading } from "../shell/RemoteView";
import type { components } from "../api/schema";
import { placeOf } from "./highlight";
import { saveAs } from "./saveAs";
import { pageNumberOf, readDocument } from "./server";
import { DOCUMENTS } from "./strings";
import { useAddressOf } from "./useAddressOf";
import "./documents.css";

type Citation = components["schemas"]["CitationView"];

/** One source: the quoted words, then the page as it is printed, or the text with the words marked. */
export function SourceView({ citation }: { citation: Citation }) {
  const say = useStrings(DOCUMENTS);
  const page = pageNumberOf(citation.page);
  return (
    <div className="source">
      <p className="source-where">{whereOf(citation, say).join(" · ")}</p>
      {!citation.reviewed && <p className="source-unreviewed">{say.unreviewed}</p>}
      <h3>{say.quoted}</h3>
      <blockquote>{citation.quote}</blockquote>
      {page === null ? <Text citation={citation} /> : <Page citation={citation} page={page} />}
      <FileLink citation={citation} />
    </div>
  );
}

type Say = ReturnType<typeof useStrings<(typeof DOCUMENTS)["en"]>>;

function whereOf(citation: Citation, say: Say): string[] {
  return [
    citation.document,
    citation.revision && say.revision(citation.revision),
    citation.section && say.section(citation.section),
    citation.step && say.step(citation.step),
    citation.page && say.page(citation.page),
  ].filter(Boolean);
}

/** The page as a picture; where there is none, the text. */
function Page({ citation, page }: { citation: Citation; page: number }) {
  const say = useStrings(DOCUMENTS);
  const key = `page ${citation.document_id} ${page}`;
  const { data, failure } = useRemote(key, (signal) => readDocument(citation.document_id, { page }, signal));
  const address = useAddressOf(data);
  if (failure && !data) {
    return (
      <>
        <p>
          {say.noPage} {failure.message}
        </p>
        <Text citation={citation} />
      </>
    );
  }
  if (!address) return <Loading />;
  return (
    <figure className="source-page">
      <img src={address} alt={say.pageAlt(citation.page, citation.title)} />
      <figcaption>{say.pageOf(citation.page, citation.title)}</figcaption>
    </figure>
  );
}

/** The whole text with the quoted words marked and in sight. */
function Text({ citation }: { citation: Citation }) {
  const say = useStrings(DOCUMENTS);
  const key = `text ${citation.document_id}`;
  const { data, failure } = useRemote(key, async (signal) =>
    (await readDocument(citation.document_id, "text", signal)).text(),
  );
  const marked = useRef<HTMLElement>(null);
  useEffect(() => {
    const mark = marked.current;
    if (!mark?.parentElement) return;
    // Inside its own box only: the page around it must not jump.
    mark.parentElement.scrollTop = mark.offsetTop - 40;
  }, [data, citation]);
  if (data === undefined) {
    return failure ? (
      <p>
        {say.noText} {failure.message}
      </p>
    ) : (
      <Loading />
    );
  }
  const place = placeOf(data, citation.quote);
  if (!place) {
    return (
      <>
        <p>{say.notFound}</p>
        <pre className="source-text" tabIndex={0} aria-label={say.text}>
          {data}
        </pre>
      </>
    );
  }
  return (
    <pre className="source-text" tabIndex={0} aria-label={say.text}>
      {data.slice(0, place.start)}
      <mark ref={marked}>{data.slice(place.start, place.end)}</mark>
      {data.slice(place.end)}
    </pre>
  );
}

/** Saved, never shown in a page of ours: what stands in a document is not ours to run. */
function FileLink({ citation }: { citation: Citation }) {
  const say = useStrings(DOCUMENTS);
  const [fetching, setFetching] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const save = async () => {
    setFetching(true);
    setFailure(null);
    try {
      saveAs(await readDocument(citation.document_id, "file"), citation.document_id);
    } catch (thrown) {
      setFailure(asFailure(thrown));
    } finally {
      setFetching(false);
    }
  };
  return (
    <>
      <Button iconName="download" variant="inline-link" loading={fetching} onClick={() => void save()}>
        {say.file}
      </Button>
      {failure && (
        <p role="alert">
          {say.fileFailed} {failure.message}
        </p>
      )}
    </>
  );
}
