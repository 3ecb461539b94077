import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { creditParts, hostOf } from './credit';
import { held, leastZoom, type MapView, pushed, type Size } from './mercator';
import { MOST_FETCHED, MOST_KEPT, AGAIN, TileLayer } from './tile-layer';
import { above, addressOf, forScreen, isSeen, keyOf, levelOf, middleOf, MOST_TILES, spotOf, tilesOf } from './tiles';

const TEMPLATE = 'https://tiles.example.org/{z}/{x}/{y}.png?x=1';
const sizes = fc.record({ width: fc.integer({ min: 200, max: 4000 }), height: fc.integer({ min: 150, max: 2400 }) });
const views = fc.record({
  latitude: fc.double({ min: -84, max: 84, noNaN: true }),
  longitude: fc.double({ min: -180, max: 179.999, noNaN: true }),
  zoom: fc.double({ min: 0, max: 18, noNaN: true }),
});

function seen(wanted: MapView, size: Size) {
  const view = held(wanted, size);
  return { view, middle: middleOf(view, null), tiles: tilesOf(middleOf(view, null), view.zoom, size) };
}

describe('tiles', () => {
  it('cover the whole screen without gaps, each once, and are never too many', () => {
    fc.assert(
      fc.property(views, sizes, (wanted, size) => {
        const { view, middle, tiles } = seen(wanted, size);
        expect(tiles.length).toBeLessThanOrEqual(MOST_TILES);
        expect(new Set(tiles.map(keyOf)).size).toBe(tiles.length);
        const spots = tiles.map((tile) => spotOf(tile, middle, view.zoom, size));
        const [left, top] = [Math.min(...spots.map((one) => one.left)), Math.min(...spots.map((one) => one.top))];
        const right = Math.max(...spots.map((one) => one.left + one.width));
        const bottom = Math.max(...spots.map((one) => one.top + one.height));
        expect(left).toBeLessThanOrEqual(0);
        expect(top).toBeLessThanOrEqual(0);
        expect(right).toBeGreaterThanOrEqual(size.width);
        // A world that ends at the poles ends within a pixel of the screen's edge.
        expect(bottom).toBeGreaterThanOrEqual(size.height - 1);
        const area = spots.reduce((sum, one) => sum + one.width * one.height, 0);
        expect(area).toBe((right - left) * (bottom - top));
      }),
    );
  });

  it('are of levels that servers have, and near to their own size', () => {
    fc.assert(
      fc.property(views, (wanted) => {
        const { view, middle, tiles } = seen(wanted, { width: 900, height: 700 });
        for (const tile of tiles) {
          expect(tile.z).toBe(levelOf(view.zoom));
          expect(tile.y).toBeGreaterThanOrEqual(0);
          expect(tile.y).toBeLessThan(2 ** tile.z);
          const { width } = spotOf(tile, middle, view.zoom, { width: 900, height: 700 });
          expect(width).toBeGreaterThanOrEqual(180);
          expect(width).toBeLessThanOrEqual(363);
        }
      }),
    );
  });

  it('have the numbers that all the world gives them', () => {
    // Chamonix at level 10, in the world before this one as well.
    const middle = middleOf({ latitude: 45.9237, longitude: 6.8694, zoom: 10 }, null);
    const [first] = tilesOf(middle, 10, { width: 200, height: 200 });
    expect(first).toEqual({ z: 10, x: 531, y: 364 });
    expect(addressOf(TEMPLATE, first!)).toBe('https://tiles.example.org/10/531/364.png?x=1');
    expect(addressOf(TEMPLATE, { z: 10, x: 531 - 1024, y: 364 })).toBe('https://tiles.example.org/10/531/364.png?x=1');
    expect(addressOf(TEMPLATE, { z: 2, x: 4, y: 0 })).toBe('https://tiles.example.org/2/0/0.png?x=1');
    expect(above({ z: 3, x: -1, y: 5 })).toEqual({ z: 2, x: -1, y: 2 });
    expect(above({ z: 0, x: 0, y: 0 })).toBeNull();
  });

  it('have twice as many points on screens that show them, where the server has such', () => {
    const template = 'https://tiles.example.org/{z}/{x}/{y}{r}.png';
    const tile = { z: 3, x: 4, y: 2 };
    expect(addressOf(forScreen(template, true), tile)).toBe('https://tiles.example.org/3/4/2@2x.png');
    expect(addressOf(forScreen(template, false), tile)).toBe('https://tiles.example.org/3/4/2.png');
    expect(forScreen(TEMPLATE, true)).toBe(TEMPLATE);
  });

  it('stay the same ones while the date line is crossed', () => {
    const size = { width: 900, height: 700 };
    let view: MapView = { latitude: -17, longitude: 179.5, zoom: 7 };
    let middle = middleOf(view, null);
    let before = new Set(tilesOf(middle, view.zoom, size).map(keyOf));
    for (let step = 0; step < 30; step += 1) {
      view = pushed(view, -100, 0, size);
      const next = middleOf(view, middle.x);
      expect(next.x - middle.x).toBeCloseTo(100 / (256 * 2 ** 7), 6);
      middle = next;
      const now = tilesOf(middle, view.zoom, size).map(keyOf);
      expect(now.filter((key) => before.has(key)).length).toBeGreaterThan(now.length / 2);
      before = new Set(now);
    }
  });
});

describe('a layer', () => {
  const SIZE = { width: 900, height: 700 };
  const VIEW: MapView = { latitude: 46, longitude: 7, zoom: 8 };
  const waiting = (layer: TileLayer) => layer.shown().filter(({ isThere }) => !isThere);

  it('fetches few at once, and keeps few, whatever is done with it', () => {
    const acts = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('look' as const), view: views, size: sizes }),
        fc.record({ kind: fc.constant('settle' as const), at: fc.nat(30), isThere: fc.boolean() }),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(acts, (all) => {
        const layer = new TileLayer(TEMPLATE);
        all.forEach((act, now) => {
          if (act.kind === 'look') layer.look({ ...act.view, zoom: Math.max(act.view.zoom, leastZoom(act.size)) }, act.size, now);
          else {
            const [one] = waiting(layer).slice(act.at % MOST_FETCHED);
            if (one) layer.settle(one.key, act.isThere, now);
          }
          const shown = layer.shown();
          expect(shown.length).toBeLessThanOrEqual(MOST_TILES + MOST_KEPT);
          expect(waiting(layer).length).toBeLessThanOrEqual(MOST_FETCHED);
          expect(new Set(shown.map(({ key }) => key)).size).toBe(shown.length);
        });
      }),
    );
  });

  function fill(layer: TileLayer, has: (key: string) => boolean = () => true, now = 0): string[] {
    const asked: string[] = [];
    for (let one = waiting(layer)[0]; one; one = waiting(layer)[0]) {
      asked.push(one.key);
      layer.settle(one.key, has(one.key), now);
    }
    return asked;
  }

  it('shows what it had until what is wanted is there', () => {
    const layer = new TileLayer(TEMPLATE);
    layer.look(VIEW, SIZE, 0);
    fill(layer);
    const whole = layer.shown().length;
    layer.look({ ...VIEW, zoom: 9 }, SIZE, 0);
    expect(layer.shown().filter(({ key, isThere }) => isThere && key.startsWith('8/')).length).toBeGreaterThanOrEqual(whole / 5);
    // What is not in view any more is let go at once.
    for (const one of layer.shown()) expect(isSeen(one, SIZE)).toBe(true);
    fill(layer);
    expect(layer.shown().every(({ key, isThere }) => isThere && key.startsWith('9/'))).toBe(true);
  });

  it('takes what lies above where a server has no such level, and asks again later', () => {
    const layer = new TileLayer(TEMPLATE);
    layer.look(VIEW, SIZE, 0);
    fill(layer, (key) => Number(key.split('/')[0]) <= 6);
    expect(layer.shown().length).toBeGreaterThan(0);
    expect(layer.shown().every(({ key }) => key.startsWith('6/'))).toBe(true);
    layer.look(VIEW, SIZE, AGAIN + 1);
    expect(waiting(layer).every(({ key }) => key.startsWith('8/'))).toBe(true);
  });

  it('says so where nothing can be had, and asks no more for a while', () => {
    const layer = new TileLayer(TEMPLATE);
    expect(layer.isMissing).toBe(false);
    layer.look(VIEW, SIZE, 0);
    expect(layer.isMissing).toBe(false);
    expect(new Set(fill(layer, () => false)).size).toBeLessThan(60);
    expect(layer.isMissing).toBe(true);
    layer.look({ ...VIEW, longitude: 7.001 }, SIZE, 1);
    expect(layer.shown()).toEqual([]);
    layer.look(VIEW, SIZE, AGAIN + 2);
    expect(layer.isMissing).toBe(false);
  });
});

describe('the line below', () => {
  it('has the links that are written in it', () => {
    expect(creditParts('© OpenStreetMap contributors')).toEqual([{ text: '© OpenStreetMap contributors', href: null }]);
    expect(creditParts('© OpenStreetMap https://www.openstreetmap.org/copyright, tiles by Ours (https://ours.example/a).')).toEqual([
      { text: '© OpenStreetMap', href: 'https://www.openstreetmap.org/copyright' },
      { text: ', ', href: null },
      { text: 'tiles by Ours', href: 'https://ours.example/a' },
      { text: ').', href: null },
    ]);
    expect(creditParts('https://a.example/x')).toEqual([{ text: 'a.example', href: 'https://a.example/x' }]);
    expect(creditParts('<b>x</b> javascript:alert(1)')).toEqual([{ text: '<b>x</b> javascript:alert(1)', href: null }]);
    expect(creditParts('')).toEqual([]);
  });

  it('names the other server, where there is one', () => {
    expect(hostOf(TEMPLATE)).toBe('tiles.example.org');
    expect(hostOf('/tiles/{z}/{x}/{y}.png')).toBeNull();
  });
});
