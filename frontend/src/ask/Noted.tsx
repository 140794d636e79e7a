import Icon, { type IconProps } from "@cloudscape-design/components/icon";
import Spinner from "@cloudscape-design/components/spinner";
import type { ReactNode } from "react";

/** A sign and a sentence that wraps between its words. */
export function Noted({ sign, children }: { sign: IconProps.Name | "running"; children: ReactNode }) {
  return (
    <span className="noted">
      {sign === "running" ? <Spinner /> : <Icon name={sign} />}
      <span>{children}</span>
    </span>
  );
}
