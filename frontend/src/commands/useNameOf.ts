import { useCallback } from "react";
import type { Command } from "./model";
import { useQuantity } from "./quantity";

/** `Freezer Tunnel, Belt speed → 9 rpm`: what a command asks for, in one line. */
export function useNameOf(): (command: Pick<Command, "device" | "attribute_label" | "value" | "unit">) => string {
  const quantity = useQuantity();
  return useCallback(({ device, attribute_label: label, value, unit }) => `${device}, ${label} → ${quantity(value, unit)}`, [quantity]);
}
