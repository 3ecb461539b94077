import { expect, test } from 'vitest'
import type { Columns, DayShape } from './days'
import { monthBeside, monthsOf, yearBeside, yearMarks } from './marks'
import { step } from './moving'
import { momentAfter } from './source'
import { type Bucket, Timeline } from './timeline'

const SHAPE: DayShape = { mode: 'grid', width: 400, row: 100, gap: 0, heading: 40, between: 0 }
const BUCKETS: Bucket[] = [
  { key: '2020-02', count: 6, from: '2020-02-01T00:00:00', to: '2020-03-01T00:00:00' },
  { key: '2020-01', count: 3, from: '2020-01-01T00:00:00', to: '2020-02-01T00:00:00' },
  { key: '2018-07', count: 1, from: '2018-07-01T00:00:00', to: '2018-08-01T00:00:00' },
]
const fill = (timeline: Timeline<Columns>, key: string, count: number) =>
  timeline.fill(key, { ids: Array.from({ length: count }, (_, index) => `${key}/${index}`), ratio: Array(count).fill(1), sorted_at: Array(count).fill(`${key}-05T00:00:00`) })

test('arrows lead to what lies there on the screen, over the edges of buckets', () => {
  const timeline = new Timeline<Columns>(BUCKETS, SHAPE)
  fill(timeline, '2020-02', 6)
  fill(timeline, '2020-01', 3)
  expect(step(timeline, { block: 0, picture: 0 }, 'right')).toEqual({ block: 0, picture: 1 })
  expect(step(timeline, { block: 0, picture: 0 }, 'left')).toBeNull()
  expect(step(timeline, { block: 0, picture: 0 }, 'up')).toBeNull()
  expect(step(timeline, { block: 0, picture: 1 }, 'down')).toEqual({ block: 0, picture: 5 })
  // The second row is short: its last picture is the nearest.
  expect(step(timeline, { block: 0, picture: 3 }, 'down')).toEqual({ block: 0, picture: 5 })
  expect(step(timeline, { block: 0, picture: 4 }, 'down')).toEqual({ block: 1, picture: 0 })
  expect(step(timeline, { block: 1, picture: 2 }, 'up')).toEqual({ block: 0, picture: 5 })
  expect(step(timeline, { block: 0, picture: 5 }, 'right')).toEqual({ block: 1, picture: 0 })
  expect(step(timeline, { block: 1, picture: 2 }, 'right')).toEqual({ block: 2, picture: null })
})

test('places along the scrubber and in the library are each other\'s', () => {
  const timeline = new Timeline<Columns>(BUCKETS, SHAPE)
  for (const fraction of [0, 0.1, 0.5, 0.65, 0.9]) expect(timeline.fractionAt(timeline.offsetAtFraction(fraction))).toBeCloseTo(fraction, 1)
  expect(timeline.offsetAtFraction(1)).toBe(timeline.height)
})

test('months and years of the scrubber', () => {
  expect(yearMarks(BUCKETS, 0.05)).toEqual([{ year: '2020', fraction: 0 }, { year: '2018', fraction: 0.9 }])
  expect(yearMarks(BUCKETS, 0.95)).toHaveLength(1)
  const months = monthsOf(BUCKETS)
  expect(months).toEqual(['2020-02', '2020-01', '2018-07'])
  expect(monthBeside(months, '2020-01-17', 1)).toBe('2018-07')
  expect(monthBeside(months, '2018-07', 1)).toBe('2018-07')
  expect(yearBeside(months, '2020-01', 1)).toBe('2018-07')
  expect(yearBeside(months, '2018-07', -1)).toBe('2020-02')
})

test('the moment after is a microsecond later', () => {
  expect(momentAfter('2020-05-03T10:00:00')).toBe('2020-05-03T10:00:00.000001')
  expect(momentAfter('2020-05-03T10:00:00.123456')).toBe('2020-05-03T10:00:00.123457')
  expect(momentAfter('2020-12-31T23:59:59.999999')).toBe('2021-01-01T00:00:00')
})
