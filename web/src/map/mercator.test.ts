import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pinched } from './gestures';
import { unbroken } from './outlines';
import {
  boxOf, copies, fitting, held, leastZoom, type MapView, onScreen, placeAt, project, pushed, unproject, worldSize, wrapped, writtenPlace, zoomed,
} from './mercator';

const SIZE = { width: 800, height: 600 };
const places = fc.record({ latitude: fc.double({ min: -84, max: 84, noNaN: true }), longitude: fc.double({ min: -180, max: 179.999, noNaN: true }) });
const views = fc.record({
  latitude: fc.double({ min: -80, max: 80, noNaN: true }),
  longitude: fc.double({ min: -180, max: 179.999, noNaN: true }),
  zoom: fc.double({ min: 2, max: 16, noNaN: true }),
});
const points = fc.record({ x: fc.double({ min: 0, max: 800, noNaN: true }), y: fc.double({ min: 0, max: 600, noNaN: true }) });

describe('the square', () => {
  it('has the known corners', () => {
    expect(project({ latitude: 0, longitude: 0 })).toEqual({ x: 0.5, y: 0.5 });
    expect(project({ latitude: 90, longitude: -180 }).y).toBeCloseTo(0, 6);
    expect(project({ latitude: -90, longitude: 180 })).toMatchObject({ x: 1 });
    // Chamonix, as tiles of zoom 10 have it.
    const { x, y } = project({ latitude: 45.9237, longitude: 6.8694 });
    expect([Math.floor(x * 1024), Math.floor(y * 1024)]).toEqual([531, 364]);
  });

  it('leads back to every place', () => {
    fc.assert(
      fc.property(places, (place) => {
        const back = unproject(project(place));
        expect(back.latitude).toBeCloseTo(place.latitude, 6);
        expect(Math.abs(wrapped(back.longitude - place.longitude))).toBeLessThan(1e-6);
      }),
    );
  });
});

describe('a screen', () => {
  it('shows at a point the place that is there', () => {
    fc.assert(
      fc.property(views, points, (wanted, point) => {
        const view = held(wanted, SIZE);
        fc.pre(worldSize(view.zoom) > SIZE.width);
        const back = onScreen(placeAt(point, view, SIZE), view, SIZE);
        expect(back.x).toBeCloseTo(point.x, 2);
        expect(back.y).toBeCloseTo(point.y, 2);
      }),
    );
  });

  it('never shows what is beyond the poles', () => {
    fc.assert(
      fc.property(views, fc.integer({ min: -5000, max: 5000 }), fc.integer({ min: -5000, max: 5000 }), (view, dx, dy) => {
        const box = boxOf(pushed(view, dx, dy, SIZE), SIZE);
        expect(box.north).toBeLessThanOrEqual(85.0512);
        expect(box.south).toBeGreaterThanOrEqual(-85.0512);
      }),
    );
  });

  it('keeps the place under the finger while zooming', () => {
    const view: MapView = { latitude: 46, longitude: 7, zoom: 6 };
    fc.assert(
      fc.property(points, fc.double({ min: -2, max: 5, noNaN: true }), (point, steps) => {
        const there = placeAt(point, view, SIZE);
        const after = onScreen(there, zoomed(view, steps, point, SIZE), SIZE);
        expect(after.x).toBeCloseTo(point.x, 3);
        expect(after.y).toBeCloseTo(point.y, 3);
      }),
    );
  });

  it('is no farther than the world is high', () => {
    expect(held({ latitude: 80, longitude: 0, zoom: 0 }, SIZE).zoom).toBeCloseTo(leastZoom(SIZE), 9);
    expect(held({ latitude: 80, longitude: 190, zoom: 0 }, SIZE)).toMatchObject({ longitude: -170 });
  });

  it('fits boxes, those across the date line as well', () => {
    const alps = fitting({ south: 45, west: 6, north: 47, east: 10 }, SIZE);
    const box = boxOf(alps, SIZE);
    expect(box.west).toBeLessThan(6);
    expect(box.north).toBeGreaterThan(47);
    expect(alps.zoom).toBeGreaterThan(6);
    const fiji = fitting({ south: -19, west: 177, north: -16, east: -178 }, SIZE);
    expect(Math.abs(wrapped(fiji.longitude - 179.5))).toBeLessThan(1e-6);
    expect(fitting({ south: 1, west: 2, north: 1, east: 2 }, SIZE).zoom).toBe(14);
  });
});

it('places are written with letters', () => {
  expect(writtenPlace({ latitude: -33.5, longitude: -70.25 }, 'NESO')).toBe('33.5000° S, 70.2500° O');
});

it('two fingers keep what is between them', () => {
  const view: MapView = { latitude: 46, longitude: 7, zoom: 6 };
  const [still, before, here] = [{ x: 300, y: 300 }, { x: 500, y: 300 }, { x: 700, y: 300 }];
  const after = pinched(view, still, before, here, SIZE);
  expect(after.zoom).toBeCloseTo(7, 6);
  const there = onScreen(placeAt({ x: 400, y: 300 }, view, SIZE), after, SIZE);
  expect([there.x, there.y]).toEqual([expect.closeTo(500, 3), expect.closeTo(300, 3)]);
});

describe('outlines', () => {
  it('go on beyond the date line, but not at the pole', () => {
    expect(unbroken([[179, 1], [-179, 2], [178, 3]]).map(([longitude]) => longitude)).toEqual([179, 181, 178]);
    expect(unbroken([[180, -84], [180, -90], [-180, -90], [-180, -84]]).map(([longitude]) => longitude)).toEqual([180, 180, -180, -180]);
  });

  it('are drawn as often as the screen shows a part of them', () => {
    expect(copies({ latitude: 0, longitude: 0, zoom: 4 }, SIZE)).toEqual([0]);
    expect(copies({ latitude: 0, longitude: 179, zoom: 4 }, SIZE)).toEqual([0, 1]);
  });
});
