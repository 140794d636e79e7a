// Runs in the browser's audio thread: hands the samples of the first channel to the page, some 40 times a second.
const BLOCK = 1024;

class Tap extends AudioWorkletProcessor {
  constructor() {
    super();
    this.block = new Float32Array(BLOCK);
    this.filled = 0;
  }

  process([input]) {
    for (const sample of input[0] ?? []) {
      this.block[this.filled] = sample;
      this.filled += 1;
      if (this.filled === BLOCK) this.send();
    }
    return true;
  }

  send() {
    this.port.postMessage(this.block.slice());
    this.filled = 0;
  }
}

registerProcessor("tap", Tap);
