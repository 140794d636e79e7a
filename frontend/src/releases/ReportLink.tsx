import Button from "@cloudscape-design/components/button";
import { useActing } from "../api/acting";
import { saveAs } from "../documents/saveAs";
import { useStrings } from "../i18n/language";
import { bearerOf } from "../session/bearer";
import { addressOfReport, readReport } from "./server";
import { RELEASES } from "./strings";

/**
 * The evaluation's report. A session's cookie goes along with a link, and the server's answer brings a policy of its own:
 * the report can draw and do nothing else. A token does not go along; then the report is saved, as every document is:
 * opened by this page it would live under this page's policy, without its styles and at our address.
 */
export function ReportLink({ releaseId }: { releaseId: string }) {
  const say = useStrings(RELEASES);
  if (bearerOf()) return <SaveReport releaseId={releaseId} />;
  return (
    <p>
      <a href={addressOfReport(releaseId)} target="_blank" rel="noreferrer">
        {say.openReport}
      </a>{" "}
      <span className="muted">{say.newTab}</span>
    </p>
  );
}

function SaveReport({ releaseId }: { releaseId: string }) {
  const say = useStrings(RELEASES);
  const acting = useActing();
  const save = async () => {
    const report = await acting.run(() => readReport(releaseId));
    if (report) saveAs(report, `${releaseId}.html`);
  };
  return (
    <>
      <Button iconName="download" variant="inline-link" loading={acting.pending} onClick={() => void save()}>
        {say.saveReport}
      </Button>
      {acting.failure && (
        <p role="alert">
          {say.reportFailed} {acting.failure.message}
        </p>
      )}
    </>
  );
}
