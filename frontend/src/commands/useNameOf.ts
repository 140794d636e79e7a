import { useCallback } from "react";
import type { Command } from "./model";
import { useQuantity } from "./quantity";

/** `Freezer Tunnel, Belt speed 8.85 rpm → 9 rpm`: what a command asks for, in one line; without the first value where nobody knows it. */
export function useNameOf(): (command: Pick<Command, "device" | "attribute_label" | "was" | "value" | "unit">) => string {
  const quantity = useQuantity();
  return useCallback(
    ({ device, attribute_label: label, was, value, unit }) => {
      const from = was === null ? "" : ` ${quantity(was, unit)}`;
      return `${device}, ${label}${from} → ${quantity(value, unit)}`;
    },
    [quantity],
  );
}
