/** What numbers say. */
import { describe, expect, it } from 'vitest';
import * as facts from './facts';

describe('exposures', () => {
  it('are written as photographers do', () => {
    expect(facts.exposed(1 / 250, 'en')).toBe('1/250 s');
    expect(facts.exposed(2.5, 'en')).toBe('2.5 s');
    expect(facts.exposed(0.5, 'fr')).toBe('0,5 s');
    expect(facts.exposureOf({ aperture: 2.8, exposure: 0.004, iso: 200, focal_length: 35 }, 'en')).toEqual(['ƒ/2.8', '1/250 s', 'ISO 200', '35 mm']);
    expect(facts.exposureOf({ aperture: null, exposure: null, iso: null, focal_length: null }, 'en')).toEqual([]);
  });

  it('name a camera once', () => {
    expect(facts.cameraOf('Canon', 'Canon EOS R6')).toBe('Canon EOS R6');
    expect(facts.cameraOf('NIKON CORPORATION', 'NIKON D2H')).toBe('NIKON D2H');
    expect(facts.cameraOf('Apple', 'iPhone 4S')).toBe('Apple iPhone 4S');
    expect(facts.cameraOf(null, null)).toBe('');
  });

  it('know zones', () => {
    expect(facts.offsetText(330)).toBe('+05:30');
    expect(facts.offsetText(-60)).toBe('−01:00');
    expect(facts.offsets(17)).toContain(17);
    expect(facts.placeText(48.8566, -2.3522, 'en')).toBe('48.8566° N, 2.3522° W');
  });
});

describe('metadata', () => {
  const said = { exif: { Photo: { FNumber: '28/10', Note: null }, list: ['a', 'b'] }, xmp: { 'dc.title': { fr: 'Soir à la mer' } } };

  it('is one line for each value', () => {
    expect(facts.flattened(said)).toEqual([
      { name: 'exif.Photo.FNumber', value: '28/10' },
      { name: 'exif.list', value: 'a, b' },
      { name: 'xmp.dc.title.fr', value: 'Soir à la mer' },
    ]);
  });

  it('is found by words, whatever their accents', () => {
    expect(facts.searched(facts.flattened(said), 'SOIR a title').map(({ name }) => name)).toEqual(['xmp.dc.title.fr']);
    expect(facts.searched(facts.flattened(said), '')).toHaveLength(3);
    expect(facts.searched(facts.flattened(said), 'nowhere')).toEqual([]);
  });
});
