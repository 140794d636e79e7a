/** Sound as numbers: from the microphone's rate to 16-bit little-endian PCM at the rate that is asked for. */

/**
 * Brings blocks of samples (-1..1) from one rate to a lower one by averaging, block after block without a seam: what
 * does not fill an output sample waits for the next block. Averaging is also the low-pass that speech needs here.
 */
export class Resampler {
  private waiting: Float32Array = new Float32Array(0);
  private offset = 0;
  private readonly step: number;

  constructor(fromHz: number, toHz: number) {
    this.step = fromHz / toHz;
  }

  push(block: Float32Array): Float32Array {
    const samples = new Float32Array(this.waiting.length + block.length);
    samples.set(this.waiting);
    samples.set(block, this.waiting.length);
    const count = Math.max(0, Math.floor((samples.length - this.offset) / this.step));
    const out = Float32Array.from({ length: count }, (_, index) => this.mean(samples, this.offset + index * this.step));
    const used = this.offset + count * this.step;
    const keepFrom = Math.min(Math.floor(used), samples.length);
    this.waiting = samples.slice(keepFrom);
    this.offset = used - keepFrom;
    return out;
  }

  private mean(samples: Float32Array, from: number): number {
    const first = Math.floor(from);
    const last = Math.max(first + 1, Math.floor(from + this.step));
    let sum = 0;
    for (let at = first; at < last; at += 1) sum += samples[Math.min(at, samples.length - 1)] ?? 0;
    return sum / (last - first);
  }
}

export function toPcm16(samples: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(samples.length * 2));
  samples.forEach((sample, index) => {
    const clipped = Math.max(-1, Math.min(1, sample));
    view.setInt16(index * 2, Math.round(clipped < 0 ? clipped * 0x8000 : clipped * 0x7fff), true);
  });
  return new Uint8Array(view.buffer);
}

/** Loudness as a person perceives it, 0..1: decibels between -60 and 0, spread evenly. */
export function levelOf(samples: Float32Array): number {
  if (samples.length === 0) return 0;
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  if (power === 0) return 0;
  return Math.max(0, Math.min(1, (10 * Math.log10(power) + 60) / 60));
}
