/** Where one alarm is: `/alarms?alarm=…`, and `/alarms/…` for who writes it by hand. */
export function addressOfAlarm(alarmId: string): string {
  return `/alarms?alarm=${encodeURIComponent(alarmId)}`;
}

export function alarmIdIn(pathname: string, query: URLSearchParams): string {
  const named = query.get("alarm");
  if (named) return named;
  const [, , id = ""] = pathname.split("/");
  return decoded(id);
}

/** Where one asks about an alarm. */
export function addressOfAsking(alarmId: string): string {
  return `/ask?alarm=${encodeURIComponent(alarmId)}`;
}

function decoded(piece: string): string {
  try {
    return decodeURIComponent(piece);
  } catch {
    return piece;
  }
}
