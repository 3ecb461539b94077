"""Pages for which everything comes late, as on a slow machine or line: what a story takes for done at once shows.

`ARCHYPIX_LATE=frames,answers make browser` tells the stories so. Each kind is a script that runs before those of pages.
"""

from __future__ import annotations

import os

# Frames and observers, up to 0.3 s: what is drawn, and what knows its size.
_FRAMES = """(() => {
  const wait = () => 40 + Math.random() * 260;
  const frame = window.requestAnimationFrame.bind(window);
  const cancel = window.cancelAnimationFrame.bind(window);
  const waiting = new Map();
  let last = 1e6;
  window.requestAnimationFrame = (run) => {
    const id = (last += 1);
    waiting.set(id, setTimeout(() => waiting.delete(id) && frame(run), wait()));
    return id;
  };
  window.cancelAnimationFrame = (id) => {
    clearTimeout(waiting.get(id));
    if (!waiting.delete(id)) cancel(id);
  };
  for (const name of ['ResizeObserver', 'IntersectionObserver']) {
    const Observer = window[name];
    window[name] = class extends Observer {
      constructor(run, options) {
        super((entries, self) => setTimeout(() => run(entries, self), wait()), options);
      }
    };
  }
})();"""
# Questions, up to 0.5 s before they are asked: the server does not know yet.
_QUESTIONS = """(() => {
  const ask = window.fetch.bind(window);
  window.fetch = async (address, how) => {
    await new Promise((go) => setTimeout(go, Math.random() * 500));
    how?.signal?.throwIfAborted();
    return ask(address, how);
  };
})();"""
# Answers, up to 0.7 s after they were given: the server is ahead of the page, and what it tells of overtakes them.
_ANSWERS = """(() => {
  const ask = window.fetch.bind(window);
  window.fetch = async (address, how) => {
    const answer = await ask(address, how);
    await new Promise((go) => setTimeout(go, Math.random() * 700));
    return answer;
  };
})();"""
KINDS = {"frames": _FRAMES, "questions": _QUESTIONS, "answers": _ANSWERS}


def scripts() -> list[str]:
    """What `ARCHYPIX_LATE` asks for; usually nothing. `KeyError`: there is no such kind."""
    return [KINDS[kind] for kind in os.environ.get("ARCHYPIX_LATE", "").split(",") if kind]
