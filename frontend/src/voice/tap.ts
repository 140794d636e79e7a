/** The samples of a stream of sound while it runs. An audio worklet where the browser has one. */
// Not inlined: a content security policy refuses scripts out of data addresses.
import workletUrl from "./tap.worklet.js?url&no-inline";

type OnSamples = (samples: Float32Array, rateHz: number) => void;

const BLOCK = 1024;

/** Ends the tap when called. */
export async function tapSamples(stream: MediaStream, onSamples: OnSamples): Promise<() => void> {
  const context = new AudioContext();
  // A browser may begin a context suspended even after a press; resuming a running one does nothing.
  await context.resume();
  const source = context.createMediaStreamSource(stream);
  const tap = context.audioWorklet ? await worklet(context, onSamples) : scriptProcessor(context, onSamples);
  source.connect(tap);
  // Without a way to the output some browsers never pull samples; the tap itself puts out silence.
  tap.connect(context.destination);
  return () => void context.close();
}

async function worklet(context: AudioContext, onSamples: OnSamples): Promise<AudioNode> {
  await context.audioWorklet.addModule(workletUrl);
  const node = new AudioWorkletNode(context, "tap");
  node.port.onmessage = ({ data }: MessageEvent<Float32Array>) => onSamples(data, context.sampleRate);
  return node;
}

/** Deprecated everywhere and still there everywhere: for browsers that know no worklet. */
function scriptProcessor(context: AudioContext, onSamples: OnSamples): AudioNode {
  const node = context.createScriptProcessor(BLOCK, 1, 1);
  node.onaudioprocess = ({ inputBuffer }) => onSamples(inputBuffer.getChannelData(0).slice(), context.sampleRate);
  return node;
}
