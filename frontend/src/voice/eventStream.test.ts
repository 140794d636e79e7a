import { expect, test } from "vitest";
import { crc32 } from "./crc32";
import { decode, encode, Garbled, text } from "./eventStream";
import { audioEvent } from "./transcribe";

const bytes = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const hex = (all: Uint8Array) => [...all].map((one) => one.toString(16).padStart(2, "0")).join("");

test("the checksum is that of the standard's check value", () => {
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
});

// From the test vectors of the format's own libraries.
const EMPTY = "000000100000000005c248eb7d98c8ff";
const PAYLOAD_ALONE = "0000001d00000000fd528c5a7b27666f6f273a27626172277dc3653936";

test.each([
  ["", EMPTY],
  ["{'foo':'bar'}", PAYLOAD_ALONE],
])("a message of %j is framed byte for byte as the format's own vectors", (payload, framed) => {
  expect(hex(encode({ headers: {}, payload: new TextEncoder().encode(payload) }))).toBe(framed);
  expect(text(decode(bytes(framed)).payload)).toBe(payload);
});

test("a piece of sound is framed as botocore frames it", () => {
  const framed =
    "0000006c000000585c509ce30d3a636f6e74656e742d747970650700186170706c69636174696f6e2f6f637465742d73747265616d" +
    "0b3a6576656e742d7479706507000a417564696f4576656e740d3a6d6573736167652d747970650700056576656e740102ff7f0b92844f";

  expect(hex(audioEvent(bytes("0102ff7f")))).toBe(framed);
});

test("what is framed is read back, also in the middle of a larger buffer", () => {
  const framed = encode({ headers: { ":event-type": "TranscriptEvent", ü: "é" }, payload: bytes("00ff") });
  const around = new Uint8Array(framed.length + 6);
  around.set(framed, 3);

  const read = decode(around.subarray(3, 3 + framed.length));

  expect(read.headers).toEqual({ ":event-type": "TranscriptEvent", ü: "é" });
  expect(hex(read.payload)).toBe("00ff");
});

test("every flipped bit is noticed", () => {
  const framed = audioEvent(bytes("0102"));

  for (let at = 0; at < framed.length; at += 1) {
    const broken = framed.slice();
    broken[at]! ^= 1;
    expect(() => decode(broken), `byte ${at}`).toThrow(Garbled);
  }
});

test("a prelude with a wrong checksum is refused, also where the message's own is right", () => {
  const broken = audioEvent(bytes("0102"));
  const view = new DataView(broken.buffer);
  view.setUint32(8, view.getUint32(8) ^ 1);
  view.setUint32(broken.length - 4, crc32(broken.subarray(0, broken.length - 4)));

  expect(() => decode(broken)).toThrow("prelude");
});

test("every cut is noticed", () => {
  const framed = audioEvent(bytes("0102"));

  for (let length = 0; length < framed.length; length += 1) {
    expect(() => decode(framed.subarray(0, length)), `${length} bytes`).toThrow(Garbled);
  }
});
