import { useRemote } from "../api/remote";
import { useStrings } from "../i18n/language";
import { Noted } from "./Noted";
import { type Model, readModels } from "./server";
import { ASK } from "./strings";

const EVERY_SECONDS = 60;

/** A word about models that are not ready, before somebody waits for one. Nothing while all is well. */
export function ModelNote() {
  const say = useStrings(ASK);
  const { data } = useRemote("models", readModels, { everySeconds: EVERY_SECONDS });
  const troubled = (data ?? []).filter(isTroubled);
  return troubled.map((model) => (
    <p key={model.name} className="model-note">
      <Noted sign="status-info">
        {say.modelTrouble(model.name, say[`modelState_${model.state}`])} {model.why}
      </Noted>
    </p>
  ));
}

function isTroubled(model: Model): model is Model & { state: "cold" | "unavailable" } {
  return model.state === "cold" || model.state === "unavailable";
}
