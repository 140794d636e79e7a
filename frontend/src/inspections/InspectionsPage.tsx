import Header from "@cloudscape-design/components/header";
import { useNavigate, useSearchParams } from "react-router";
import { type Remote, useRemote } from "../api/remote";
import { useStrings } from "../i18n/language";
import { Empty } from "../shell/RemoteView";
import { Accuracy } from "./Accuracy";
import { addressOfView, type View, viewOf, VIEWS, wantedOf, withImage } from "./address";
import { InspectionDialog } from "./InspectionDialog";
import type { Waiting } from "./model";
import { Queue } from "./Queue";
import { Recent } from "./Recent";
import { readAccuracy, readCameras, readQueue } from "./server";
import { INSPECTIONS } from "./strings";
import "../alarms/pieces.css";
import "./inspections.css";

const QUEUE_EVERY_SECONDS = 10;
const ACCURACY_EVERY_SECONDS = 60;

export default function InspectionsPage() {
  const say = useStrings(INSPECTIONS);
  const queue = useRemote("inspections that wait", readQueue, { everySeconds: QUEUE_EVERY_SECONDS });
  const notHere = queue.failure?.status === 404 && queue.data === undefined;
  return (
    <>
      <Header variant="h1" description={say.why}>
        {say.title}
      </Header>
      {notHere ? <Empty title={say.notHere}>{say.notHereWhy}</Empty> : <Everything queue={queue} />}
    </>
  );
}

function Everything({ queue }: { queue: Remote<Waiting> }) {
  const [query] = useSearchParams();
  const navigate = useNavigate();
  const view = viewOf(query);
  const imageId = query.get("image") ?? "";
  const cameras = useRemote("cameras", readCameras).data ?? [];
  const accuracy = useRemote("accuracy of the inspector", readAccuracy, { everySeconds: ACCURACY_EVERY_SECONDS, enabled: view === "accuracy" });
  const open = (id: string) => void navigate(withImage(query, id));
  const said = () => {
    queue.reload();
    if (view === "accuracy") accuracy.reload();
  };
  return (
    <div className="inspections">
      <ViewChoice view={view} waiting={queue.data} onChoose={(next) => void navigate(addressOfView(next))} />
      {view === "queue" && <Queue remote={queue} cameras={cameras} covered={imageId !== ""} />}
      {view === "accuracy" && <Accuracy remote={accuracy} onOpen={open} />}
      {view === "recent" && <Recent wanted={wantedOf(query)} cameras={cameras} onOpen={open} />}
      {imageId && <InspectionDialog key={imageId} imageId={imageId} onClose={() => open("")} onSaid={said} />}
    </div>
  );
}

function ViewChoice({ view, waiting, onChoose }: { view: View; waiting: Waiting | undefined; onChoose: (view: View) => void }) {
  const say = useStrings(INSPECTIONS);
  const count = waiting && `${waiting.inspections.length}${waiting.more ? "+" : ""}`;
  return (
    <div className="choice" role="group" aria-label={say.views}>
      {VIEWS.map((one) => (
        <button key={one} type="button" aria-pressed={one === view} onClick={() => onChoose(one)}>
          {say[`view_${one}`]} {one === "queue" && count && <b>{count}</b>}
        </button>
      ))}
    </div>
  );
}
