/** How the reader is told of a new meter without looking. */
export interface Signal {
  beep(): void;
  vibrate(): void;
}

export interface SignalChoice {
  readonly sound: boolean;
  readonly vibration: boolean;
}

/** Signals once however many meters are new, and not at all for those that were heard before. */
export function signalNew(signal: Signal, newlyHeard: readonly string[], choice: SignalChoice): void {
  if (newlyHeard.length === 0) return;
  if (choice.sound) signal.beep();
  if (choice.vibration) signal.vibrate();
}

/** The device's own loudspeaker and motor. */
export function deviceSignal(): Signal {
  let context: AudioContext | undefined;
  return {
    beep() {
      context ??= new AudioContext();
      // A browser lets sound begin only after a press; the walk was started by one.
      if (context.state === 'suspended') void context.resume();
      const now = context.currentTime;
      const tone = new OscillatorNode(context, { type: 'sine', frequency: 1320 });
      const loudness = new GainNode(context, { gain: 0 });
      loudness.gain.setValueAtTime(0, now);
      loudness.gain.linearRampToValueAtTime(0.35, now + 0.005);
      loudness.gain.exponentialRampToValueAtTime(0.001, now + 0.11);
      tone.connect(loudness).connect(context.destination);
      tone.start(now);
      tone.stop(now + 0.12);
    },
    vibrate() {
      navigator.vibrate?.(40);
    },
  };
}
