/** Why a request brought no answer. `message` is one sentence that a person can act on. */
export class Failure extends Error {
  /** `status` is the HTTP status, 0 where the server was not reached. */
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
    this.name = "Failure";
  }

  /** Whether the same request may work a little later. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 502;
  }
}

/** An answer that is no success, as a failure; RFC 9457's `detail` where the server gave one. */
export function failureOf(status: number, body: unknown): Failure {
  return new Failure(sentenceOf(body) ?? `The server answered ${status}.`, status);
}

/** Anything thrown, as a failure. `fetch` throws a TypeError when nobody answered. */
export function asFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  if (thrown instanceof TypeError) return new Failure("The server cannot be reached.", 0);
  return new Failure(thrown instanceof Error ? thrown.message : String(thrown), 500);
}

export function wasAborted(thrown: unknown): boolean {
  return thrown instanceof DOMException && thrown.name === "AbortError";
}

function sentenceOf(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const { detail, title } = body as { detail?: unknown; title?: unknown };
  for (const said of [detail, title]) if (typeof said === "string" && said) return asSentence(said);
  return undefined;
}

/** The server's sentences begin small and end bare, as log lines do. */
export function asSentence(said: string): string {
  const begun = said.charAt(0).toUpperCase() + said.slice(1);
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}
