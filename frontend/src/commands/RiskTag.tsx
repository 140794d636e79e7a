import { useStrings } from "../i18n/language";
import { COMMANDS } from "./strings";

/** The risk in words; the frame grows with it. */
export function RiskTag({ risk }: { risk: string }) {
  const say = useStrings(COMMANDS);
  const words: Record<string, string> = { low: say.risk_low, medium: say.risk_medium, high: say.risk_high };
  return <span className={`risk-tag ${risk in words ? risk : "high"}`}>{words[risk] ?? risk}</span>;
}
