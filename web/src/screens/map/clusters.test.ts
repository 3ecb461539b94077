import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MapView } from '../../map/mercator';
import { APART, around, boxFrom, boxQuery, type Cluster, markers, nearer, together, viewOf, wider, written } from './clusters';

const SIZE = { width: 900, height: 700 };
const VIEW: MapView = { latitude: 46, longitude: 7, zoom: 6 };
const cluster = (latitude: number, longitude: number, count: number): Cluster => ({
  latitude, longitude, count, south: latitude, north: latitude, west: longitude, east: longitude, cover: null,
});
const clusters = fc.array(
  fc
    .record({
      latitude: fc.double({ min: 44, max: 48, noNaN: true }),
      longitude: fc.double({ min: 3, max: 11, noNaN: true }),
      count: fc.integer({ min: 1, max: 1000 }),
    })
    .map(({ latitude, longitude, count }) => cluster(latitude, longitude, count)),
  { maxLength: 40 },
);

describe('markers', () => {
  it('never lie over each other, and lose no picture', () => {
    fc.assert(
      fc.property(clusters, (all) => {
        const found = markers(all, VIEW, SIZE);
        for (const [index, one] of found.entries()) {
          for (const other of found.slice(index + 1)) expect(Math.hypot(one.at.x - other.at.x, one.at.y - other.at.y)).toBeGreaterThanOrEqual(APART);
        }
        const sum = (counts: readonly { count: number }[]) => counts.reduce((total, { count }) => total + count, 0);
        expect(sum(found)).toBe(sum(all));
      }),
    );
  });

  it('lead nearer while they can be told apart, else to their pictures', () => {
    const far = { ...markers([cluster(46, 7, 500)], VIEW, SIZE)[0]!, box: { south: 45.9, west: 6.9, north: 46.1, east: 7.1 } };
    expect(nearer(far, VIEW, SIZE)!.zoom).toBeGreaterThan(VIEW.zoom);
    expect(nearer({ ...far, count: 3 }, VIEW, SIZE)).toBeNull();
    expect(nearer(far, { ...VIEW, zoom: 17 }, SIZE)).toBeNull();
  });
});

describe('boxes', () => {
  it('go around both, the shorter way', () => {
    expect(together({ south: 1, west: 2, north: 3, east: 4 }, { south: 0, west: 3, north: 1, east: 9 })).toEqual({ south: 0, west: 2, north: 3, east: 9 });
    const fiji = together({ south: 0, west: 178, north: 1, east: 179 }, { south: 0, west: -179, north: 1, east: -178 });
    expect(fiji).toEqual({ south: 0, west: 178, north: 1, east: -178 });
    expect(around([])).toBeNull();
    expect(around([cluster(1, 2, 1), cluster(3, 4, 1)])).toEqual({ south: 1, west: 2, north: 3, east: 4 });
  });

  it('are widened within the world', () => {
    expect(wider({ south: 80, west: -180, north: 89, east: 180 })).toEqual({ south: 77.75, west: -180, north: 90, east: 180 });
    expect(wider({ south: 0, west: 170, north: 4, east: 178 })).toEqual({ south: -1, west: 168, north: 5, east: -180 });
  });

  it('are conditions that hold what is on their edges', () => {
    expect(boxQuery({ south: 45.1234567, west: -6.1234567, north: 46, east: 7.1234561 })).toBe('box:45.12345,-6.12346,46,7.12346');
  });

  it('are read from addresses with care', () => {
    expect(boxFrom('45,6,46,7')).toEqual({ south: 45, west: 6, north: 46, east: 7 });
    for (const text of ['', '1,2,3', '46,6,45,7', '1,2,3,x', '-91,0,0,0', null, ['1']]) expect(boxFrom(text)).toBeNull();
    expect(viewOf(written(VIEW))).toEqual(VIEW);
    for (const text of ['', '1,2', 'a,b,c', undefined]) expect(viewOf(text)).toBeNull();
  });
});
