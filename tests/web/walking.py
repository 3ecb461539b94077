"""A walk over screens: what is wrong on any of them, told all at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from playwright.async_api import Error, Page

from tests.web.visitor import Visit

PATIENCE = 60_000
Act: TypeAlias = Callable[[Page], Awaitable[None]]
# What depends on colours: all that may be wrong in the dark and is not in the light.
COLOURS = ("color-contrast", "link-in-text-block")
# As a link within the application leads there, without loading everything anew.
LEAD = "path => document.querySelector('#app').__vue_app__.config.globalProperties.$router.push(path).then(() => {})"
# Waits until all of it is said, nothing loads and nothing moves; what is said then, and what was waited for in vain.
READY = """async ([signs, patience]) => {
  const said = () => {
    const all = [document.body.innerText];
    for (const one of document.querySelectorAll('[alt], [aria-label], [title], input, textarea')) {
      all.push(one.alt, one.ariaLabel, one.title, one.value, one.placeholder);
    }
    return all.filter(Boolean).join('\\n');
  };
  const isSeen = (image) => {
    const box = image.getBoundingClientRect();
    return box.width > 0 && box.bottom > 0 && box.top < innerHeight;
  };
  const moves = (one) => one.playState === 'running' && isFinite(one.effect.getComputedTiming().endTime);
  const comes = (image) => image.getAttribute('src') && !image.complete && isSeen(image);
  const until = performance.now() + patience;
  for (;;) {
    const text = said();
    const waits = signs.filter((sign) => !text.includes(sign));
    if (text.includes('Loading…') || text.includes('Counting…')) waits.push('what loads');
    if (document.getAnimations().some(moves)) waits.push('what moves');
    if ([...document.images].some(comes)) waits.push('images');
    if (waits.length === 0 || performance.now() > until) return {text, waits};
    await new Promise((next) => setTimeout(next, 25));
  }
}"""
HARM = """width => {
  const begin = (one) => one.outerHTML.slice(0, 160);
  const all = (what, selector) => [...document.querySelectorAll(selector)].map((one) => `${what}: ${begin(one)}`);
  const wide = document.documentElement.scrollWidth;
  // What may be moved sideways, and what is drawn where nobody looks yet.
  const strips = '.section-nav, .part-tabs, .film-strip, .picture-strip, .feed-images, .world-map, .unseen, [inert] *';
  const ends = 'button, a, input, select, textarea, h1, h2, h3, label';
  const cut = [...document.querySelectorAll(ends)].filter(
    (one) => one.getBoundingClientRect().right > width + 1 && one.checkVisibility() && !one.closest(strips),
  );
  const tiles = [...document.querySelectorAll('.picture-grid [data-picture] img')];
  return [
    ...(window.broken === undefined ? [] : ['a text was run']),
    ...all('a text became an element', '[onerror], [src="x"]'),
    ...all('no alternative text', 'img:not([alt])'),
    ...tiles.filter((one) => !/\\S, .*\\d{4}/.test(one.alt)).map((one) => `no name and day: ${begin(one)}`),
    ...cut.map((one) => `beyond the edge: ${begin(one)}`),
    ...(wide > width + 1 ? [`wider than the screen: ${wide}`] : []),
    ...(window.violations ?? []).splice(0).map((one) => `against the policy: ${one}`),
  ];
}"""


@dataclass(frozen=True, slots=True)
class Stop:
    """A screen: its address, what it says once it is all there, and what is opened over it."""

    name: str
    path: str
    signs: Sequence[str]
    act: Act | None = None


@dataclass(slots=True)
class Walk:
    """One walk with one window: what was wrong, and all that was said."""

    visit: Visit
    size: str
    # Whether each address is loaded as a page of its own.
    afresh: bool = False
    faults: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    async def over(self, stops: Sequence[Stop]) -> None:
        """Look at all of them."""
        for stop in stops:
            try:
                found = await self._look(stop)
            except Error as error:
                found = [f"could not be looked at: {error.message.splitlines()[0]}"]
                await self.visit.go("/")
            self.faults += [f"{stop.name} ({self.size}): {fault}" for fault in found]

    async def _look(self, stop: Stop) -> list[str]:
        page = self.visit.page
        assert page.viewport_size is not None
        if self.afresh or page.url == "about:blank":
            await self.visit.go(stop.path)
        else:
            await page.evaluate(LEAD, stop.path)
        if stop.act is not None:
            await page.evaluate(READY, [[], PATIENCE])
            await stop.act(page)
        ready = await page.evaluate(READY, [list(stop.signs), PATIENCE])
        self.said.append(ready["text"])
        await self.visit.shot(f"all-{stop.name}-{self.size}")
        found = [f"never came: {what}, but {ready['text'][-600:]!r}" for what in ready["waits"]]
        found += await self.visit.findings()
        await page.emulate_media(color_scheme="dark")
        found += [f"in the dark, {one}" for one in await self.visit.findings(only=COLOURS)]
        await page.emulate_media(color_scheme="light")
        found += await page.evaluate(HARM, page.viewport_size["width"])
        if stop.act is not None:
            await page.keyboard.press("Escape")
        return found
