// A tone that rises with the sharpness, for hands and eyes that are at the lens; silent until somebody wants it.

const LOW_HZ = 220;
const HIGH_HZ = 880;

export function makeTone() {
  let context = null;
  let voice = null;
  let gain = null;

  function toggle() {
    if (context) return stop();
    context = new AudioContext();
    voice = context.createOscillator();
    gain = context.createGain();
    gain.gain.value = 0;
    voice.connect(gain).connect(context.destination);
    voice.start();
    return true;
  }

  function tell(share) {
    if (!context) return;
    const now = context.currentTime;
    if (share !== null) voice.frequency.setTargetAtTime(LOW_HZ * (HIGH_HZ / LOW_HZ) ** share, now, 0.05);
    gain.gain.setTargetAtTime(share === null ? 0 : 0.08, now, 0.05);
  }

  function stop() {
    context?.close();
    context = voice = gain = null;
    return false;
  }

  return { toggle, tell, stop };
}
