import { useState } from "react";
import { useDraft } from "../alarms/useDraft";
import type { components } from "../api/schema";
import { useSession } from "../session/session";

type Given = components["schemas"]["GiveFeedback"];

/** What the person has said of one answer or advisory; "" for what they have not. */
export interface Said {
  verdict: "" | Given["verdict"];
  resolution: NonNullable<Given["resolution"]>;
}

/**
 * What was said, kept for this tab as well: a page that was drawn before does not know what was said since. What the
 * server tells counts more.
 */
export function useSaid(aboutId: string, told: Said): [Said, (said: Said) => void] {
  const { name } = useSession();
  const [kept, keep] = useDraft(`verdict of ${name} on ${aboutId}`);
  const [said, setSaid] = useState<Said>(() => {
    const [verdict = "", resolution = ""] = kept.split(" ");
    return {
      verdict: told.verdict || (verdict as Said["verdict"]),
      resolution: told.resolution || (resolution as Said["resolution"]),
    };
  });
  const change = (next: Said) => {
    setSaid(next);
    keep(next.verdict || next.resolution ? `${next.verdict} ${next.resolution}` : "");
  };
  return [said, change];
}
