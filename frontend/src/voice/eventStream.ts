/**
 * The binary framing of Amazon's event streams, as far as Transcribe needs it: a prelude (total length, length of the
 * headers, their CRC), headers whose values are strings, the payload, and a CRC over all that came before. Big-endian.
 */
import { crc32 } from "./crc32";

export interface Message {
  headers: Record<string, string>;
  payload: Uint8Array;
}

/** Bytes that are no event-stream message; the other side, or the line between, is at fault. */
export class Garbled extends Error {}

const PRELUDE_BYTES = 12;
const CRC_BYTES = 4;
const TEXT = 7;

/** How many bytes the value of a header takes, by its type; type 6 (bytes) and 7 (text) carry their own length. */
const FIXED_BYTES: Record<number, number> = { 0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16 };

export function encode({ headers, payload }: Message): Uint8Array<ArrayBuffer> {
  const head = encodeHeaders(headers);
  const total = PRELUDE_BYTES + head.length + payload.length + CRC_BYTES;
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, total);
  view.setUint32(4, head.length);
  view.setUint32(8, crc32(bytes.subarray(0, 8)));
  bytes.set(head, PRELUDE_BYTES);
  bytes.set(payload, PRELUDE_BYTES + head.length);
  view.setUint32(total - CRC_BYTES, crc32(bytes.subarray(0, total - CRC_BYTES)));
  return bytes;
}

/** Exactly one message; `Garbled` for anything else. */
export function decode(bytes: Uint8Array): Message {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < PRELUDE_BYTES + CRC_BYTES) throw new Garbled("the message is cut off");
  const total = view.getUint32(0);
  const headEnd = PRELUDE_BYTES + view.getUint32(4);
  if (total !== bytes.length) throw new Garbled(`the message says ${total} bytes and has ${bytes.length}`);
  if (headEnd > total - CRC_BYTES) throw new Garbled("the headers are longer than the message");
  if (view.getUint32(8) !== crc32(bytes.subarray(0, 8))) throw new Garbled("the prelude does not match its checksum");
  if (view.getUint32(total - CRC_BYTES) !== crc32(bytes.subarray(0, total - CRC_BYTES))) {
    throw new Garbled("the message does not match its checksum");
  }
  return {
    headers: decodeHeaders(bytes.subarray(PRELUDE_BYTES, headEnd)),
    payload: bytes.slice(headEnd, total - CRC_BYTES),
  };
}

function encodeHeaders(headers: Record<string, string>): Uint8Array {
  return joined(Object.entries(headers).map(([name, value]) => encodeHeader(name, value)));
}

function encodeHeader(name: string, value: string): Uint8Array {
  const nameBytes = new TextEncoder().encode(name);
  const valueBytes = new TextEncoder().encode(value);
  const lengths = [valueBytes.length >> 8, valueBytes.length & 0xff];
  return joined([[nameBytes.length], nameBytes, [TEXT, ...lengths], valueBytes]);
}

function decodeHeaders(bytes: Uint8Array): Record<string, string> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headers: Record<string, string> = {};
  let at = 0;
  try {
    while (at < bytes.length) {
      const nameEnd = at + 1 + view.getUint8(at);
      const type = view.getUint8(nameEnd);
      const fixed = FIXED_BYTES[type];
      const valueStart = nameEnd + (fixed === undefined ? 3 : 1);
      const valueEnd = valueStart + (fixed ?? view.getUint16(nameEnd + 1));
      if (valueEnd > bytes.length) throw new RangeError();
      if (type === TEXT) headers[text(bytes.subarray(at + 1, nameEnd))] = text(bytes.subarray(valueStart, valueEnd));
      at = valueEnd;
    }
  } catch (error) {
    if (error instanceof RangeError) throw new Garbled("a header is cut off");
    throw error;
  }
  return headers;
}

export function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function joined(parts: ArrayLike<number>[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => {
    bytes.set(part, at);
    return at + part.length;
  }, 0);
  return bytes;
}
