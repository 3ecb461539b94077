import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type DayShape, inDays } from './days'
import { Guess } from './guess'

const SHAPE: DayShape = { mode: 'days', width: 1200, row: 200, gap: 4, heading: 44, between: 16 }
const shapes = fc.record({
  mode: fc.constantFrom('days' as const, 'grid' as const, 'list' as const),
  width: fc.integer({ min: 240, max: 3000 }),
  row: fc.integer({ min: 60, max: 300 }),
  gap: fc.integer({ min: 0, max: 8 }),
  heading: fc.constant(44),
  between: fc.integer({ min: 0, max: 24 }),
})
const bucketOf = (count: number) => ({ key: '2020-05', count, from: '2020-05-01T00:00:00', to: '2020-06-01T00:00:00' })

test('there is a tile for each picture, within the bucket, wherever one looks', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), shapes, fc.double({ min: 0, max: 1, noNaN: true }), (count, shape, where) => {
      const guess = new Guess(bucketOf(count), shape)
      const all = guess.boxes(0, guess.height)
      expect(all.map(({ index }) => index)).toEqual(Array.from({ length: count }, (_, index) => index))
      expect(Math.max(...all.map(({ box }) => box.left + box.width))).toBeLessThanOrEqual(shape.width + 0.01)
      expect(Math.max(...all.map(({ box }) => box.top + box.height))).toBeLessThanOrEqual(guess.height + 0.01)
      const [top, bottom] = [where * guess.height, where * guess.height + 500]
      const seen = all.filter(({ box }) => box.top < bottom && box.top + box.height > top)
      expect(guess.boxes(top, bottom)).toEqual(seen)
    }),
  )
})

test('a guess is near to what ordinary pictures take', () => {
  for (const perDay of [1, 3, 12, 60]) {
    const days = Array.from({ length: 28 }, (_, index) => `2020-05-${String(28 - index).padStart(2, '0')}T12:00:00`)
    const sorted_at = days.flatMap((day) => Array.from({ length: perDay }, () => day))
    const ids = sorted_at.map((_, index) => String(index))
    const ratio = ids.map((_, index) => (index % 5 === 0 ? 3 / 4 : 4 / 3))
    const found = inDays({ ids, ratio, sorted_at }, SHAPE).height
    const guess = new Guess(bucketOf(ids.length), SHAPE).height
    expect(Math.abs(guess - found) / found).toBeLessThan(0.35)
  }
})
