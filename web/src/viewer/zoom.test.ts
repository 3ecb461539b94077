/** Laws of looking closer. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bounded, fit, moved, roomOf, towards, WHOLE, zoomed } from './zoom';

const length = fc.integer({ min: 1, max: 20_000 });
const size = fc.record({ width: length, height: length });
const screen = fc.record({ width: fc.integer({ min: 50, max: 5000 }), height: fc.integer({ min: 50, max: 5000 }) });
const number = fc.double({ min: -10_000, max: 10_000, noNaN: true });
const point = fc.record({ x: number, y: number });
const pose = fc.record({ scale: fc.double({ min: 0.01, max: 100, noNaN: true }), x: number, y: number });

describe('fit', () => {
  it('stays inside of the stage and keeps the shape', () => {
    fc.assert(
      fc.property(size, screen, (picture, stage) => {
        const fitted = fit(picture, stage);
        expect(fitted.width).toBeLessThanOrEqual(stage.width + 1e-6);
        expect(fitted.height).toBeLessThanOrEqual(stage.height + 1e-6);
        expect(fitted.width / fitted.height).toBeCloseTo(picture.width / picture.height, 3);
      }),
    );
  });

  it('fills one way, unless the picture is small', () => {
    expect(fit({ width: 4000, height: 2000 }, { width: 1000, height: 800 })).toEqual({ width: 1000, height: 500 });
    expect(fit({ width: 100, height: 50 }, { width: 1280, height: 800 })).toEqual({ width: 400, height: 200 });
    expect(fit({ width: 0, height: 0 }, { width: 1280, height: 800 })).toEqual({ width: 0, height: 0 });
  });
});

describe('poses', () => {
  it('never show void where there is picture to show', () => {
    fc.assert(
      fc.property(size, screen, pose, (picture, stage, asked) => {
        const room = roomOf(picture, stage);
        const { scale, x, y } = bounded(asked, room);
        expect(scale).toBeGreaterThanOrEqual(1);
        expect(scale).toBeLessThanOrEqual(room.most);
        expect(Math.abs(x)).toBeLessThanOrEqual(Math.max((room.fitted.width * scale - stage.width) / 2, 0) + 1e-6);
        expect(Math.abs(y)).toBeLessThanOrEqual(Math.max((room.fitted.height * scale - stage.height) / 2, 0) + 1e-6);
      }),
    );
  });

  it('keep what is under the pointer, where bounds allow it', () => {
    const room = roomOf({ width: 4000, height: 3000 }, { width: 1000, height: 750 });
    const at = { x: 100, y: -60 };
    const closer = zoomed(WHOLE, 2, at, room);
    expect((at.x - closer.x) / closer.scale).toBeCloseTo(at.x);
    expect((at.y - closer.y) / closer.scale).toBeCloseTo(at.y);
  });

  it('come back to the whole when going all the way out', () => {
    fc.assert(
      fc.property(size, screen, point, fc.double({ min: 1, max: 10, noNaN: true }), (picture, stage, at, factor) => {
        const room = roomOf(picture, stage);
        const back = zoomed(moved(zoomed(WHOLE, factor, at, room), at, room), 1e-6, at, room);
        expect(back).toEqual(WHOLE);
      }),
    );
  });

  it('arrive', () => {
    fc.assert(
      fc.property(pose, pose, (from, to) => {
        let at = from;
        for (let step = 0; step < 200; step++) at = towards(at, to, 0.3);
        expect(at).toEqual(to);
      }),
    );
  });
});
