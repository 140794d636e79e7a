/** Where one proposes a change because of an alarm. */
export function addressOfProposing(alarmId: string): string {
  return `/commands?alarm=${encodeURIComponent(alarmId)}`;
}
