// The button "pause": a press in; a camera that closes, and what to tell whoever pressed, out.

import { LOST, act } from "/board/talk.js";
import { knows, say } from "/board/words.js";

export async function pause(tell) {
  tell(say("pausing"));
  const { error } = await act("pause");
  if (error) tell(fault(error === LOST ? "pause-failed" : error));
}

// What the booth has refused, in words.
export const fault = (word) => say(knows(word) ? word : "did-not-work");
