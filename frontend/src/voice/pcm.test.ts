import { expect, test } from "vitest";
import { levelOf, Resampler, toPcm16 } from "./pcm";

function tone(hertz: number, rateHz: number, seconds: number): Float32Array {
  return Float32Array.from({ length: rateHz * seconds }, (_, at) => Math.sin((2 * Math.PI * hertz * at) / rateHz));
}

function crossings(samples: Float32Array): number {
  return samples.reduce((sum, sample, at) => sum + (at > 0 && samples[at - 1]! < 0 && sample >= 0 ? 1 : 0), 0);
}

test.each([48_000, 44_100, 22_050, 16_000])("a tone keeps its pitch and its length from %i Hz to 16 kHz", (rateHz) => {
  const resampler = new Resampler(rateHz, 16_000);
  const sound = tone(440, rateHz, 1);
  const out: number[] = [];

  for (let at = 0; at < sound.length; at += 1_024) out.push(...resampler.push(sound.subarray(at, at + 1_024)));

  expect(Math.abs(out.length - 16_000)).toBeLessThanOrEqual(2);
  expect(Math.abs(crossings(Float32Array.from(out)) - 440)).toBeLessThanOrEqual(1);
});

test("how the blocks are cut changes nothing", () => {
  const sound = tone(300, 44_100, 0.2);
  const whole = new Resampler(44_100, 16_000).push(sound);
  const cut = new Resampler(44_100, 16_000);
  const pieces: number[] = [];

  for (let at = 0; at < sound.length; at += 97) pieces.push(...cut.push(sound.subarray(at, at + 97)));

  expect(pieces.length).toBeGreaterThanOrEqual(whole.length - 1);
  for (const [at, sample] of pieces.entries()) expect(sample).toBeCloseTo(whole[at]!, 5);
});

test("samples become 16 bits, little end first, and never wrap around", () => {
  expect([...toPcm16(Float32Array.from([0, 1, -1, 7, -7]))]).toEqual([0, 0, 255, 127, 0, 128, 255, 127, 0, 128]);
});

test("silence has no level, full loudness the highest", () => {
  expect(levelOf(new Float32Array(64))).toBe(0);
  expect(levelOf(new Float32Array(0))).toBe(0);
  expect(levelOf(Float32Array.from({ length: 64 }, (_, at) => (at % 2 ? 1 : -1)))).toBe(1);
});
