import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Columns, type DayShape, daysOf, inDays, unitLength } from './days'
import { type Bucket, Timeline } from './timeline'

const SHAPE: DayShape = { mode: 'days', width: 1000, row: 180, gap: 4, heading: 40, between: 16 }
const shapes: fc.Arbitrary<DayShape> = fc.record({
  mode: fc.constantFrom('days' as const, 'grid' as const, 'list' as const),
  width: fc.integer({ min: 300, max: 3000 }),
  row: fc.integer({ min: 80, max: 300 }),
  gap: fc.integer({ min: 0, max: 8 }),
  heading: fc.constant(40),
  between: fc.integer({ min: 0, max: 24 }),
})

/** Months of 2020, the newest first, with pictures on some of their days. */
const libraries = fc.array(fc.array(fc.integer({ min: 1, max: 28 }), { minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 12 }).map((months) =>
  months
    .map((days, month) => {
      const key = `2020-${String(month + 1).padStart(2, '0')}`
      const next = month === 11 ? '2021-01' : `2020-${String(month + 2).padStart(2, '0')}`
      const sorted_at = [...days].sort((one, other) => other - one).map((day) => `${key}-${String(day).padStart(2, '0')}T12:00:00`)
      const bucket: Bucket = { key, count: days.length, from: `${key}-01T00:00:00`, to: `${next}-01T00:00:00` }
      const ids = sorted_at.map((_, index) => `${key}/${index}`)
      const ratio = sorted_at.map((_, index) => [1.5, 0.75, null, 3, 1][index % 5]!)
      return { bucket, columns: { ids, ratio, sorted_at } satisfies Columns }
    })
    .reverse(),
)

describe('a bucket in days', () => {
  test('has a heading for each day, above its pictures, and nothing overlaps', () => {
    fc.assert(
      fc.property(libraries, shapes, (library, shape) => {
        for (const { columns } of library) {
          const layout = inDays(columns, shape)
          expect(layout.headings.map(({ day }) => day)).toEqual(daysOf(columns.sorted_at, unitLength(shape.mode)).map(({ day }) => day))
          expect(layout.boxes.length).toBe(columns.ids.length)
          for (const { left, top, width, first, end } of layout.headings) {
            for (const box of layout.boxes.slice(first, end)) {
              expect(box.top).toBeGreaterThanOrEqual(top + shape.heading - 0.001)
              expect(box.left).toBeGreaterThanOrEqual(left - 0.001)
              expect(box.left + box.width).toBeLessThanOrEqual(Math.max(left + width, 0) + 0.5)
              expect(box.top + box.height).toBeLessThanOrEqual(layout.height + 0.001)
            }
          }
          layout.headings.slice(1).forEach((heading, index) => {
            const before = layout.headings[index]!
            const isBeside = heading.top === before.top
            if (isBeside) expect(heading.left).toBeGreaterThanOrEqual(before.left + before.width)
            else expect(heading.top).toBeGreaterThan(before.top)
          })
          layout.boxes.slice(1).forEach((box, index) => expect(box.top).toBeGreaterThanOrEqual(layout.boxes[index]!.top))
        }
      }),
    )
  })
})

describe('a timeline', () => {
  test('shows exactly the pictures in view, wherever that is, however much is known', () => {
    fc.assert(
      fc.property(libraries, fc.array(fc.nat(11)), fc.double({ min: 0, max: 1, noNaN: true }), (library, known, where) => {
        const timeline = new Timeline<Columns>(library.map(({ bucket }) => bucket), SHAPE)
        for (const index of known) {
          const found = library[index]
          if (!found) continue
          const before = timeline.height
          const grown = timeline.fill(found.bucket.key, found.columns)
          expect(timeline.height).toBeCloseTo(before + grown, 6)
        }
        const top = where * timeline.height
        const shown = timeline.shown(top, 700)
        const seen = new Set(shown.flatMap(({ columns, first, end }) => columns?.ids.slice(first, end) ?? []))
        for (const { columns } of library) {
          for (const id of columns.ids) {
            const box = timeline.boxOf(id)
            if (box && box.top < top + 700 && box.top + box.height > top) expect(seen.has(id)).toBe(true)
            if (box && seen.has(id)) expect(box.top + box.height).toBeGreaterThan(top - SHAPE.row * 2)
          }
        }
        for (const block of shown) expect(block.top < top + 700 && block.top + block.height >= top).toBe(true)
      }),
    )
  })

  test('finds a moment where its pictures are, and tells the day of an offset', () => {
    fc.assert(
      fc.property(libraries, (library) => {
        const timeline = new Timeline<Columns>(library.map(({ bucket }) => bucket), SHAPE)
        for (const { bucket, columns } of library) timeline.fill(bucket.key, columns)
        for (const { columns } of library) {
          columns.sorted_at.forEach((time, index) => {
            const box = timeline.boxOf(columns.ids[index]!)!
            const offset = timeline.offsetOf(time)
            expect(offset).toBeLessThanOrEqual(box.top)
            expect(timeline.timeAt(offset)!.slice(0, 7)).toBe(time.slice(0, 7))
          })
        }
      }),
    )
  })

  test('keeps what it knows of buckets that did not change', () => {
    fc.assert(
      fc.property(libraries, fc.nat(11), (library, gone) => {
        const buckets = library.map(({ bucket }) => bucket)
        const timeline = new Timeline<Columns>(buckets, SHAPE)
        for (const { bucket, columns } of library) timeline.fill(bucket.key, columns)
        const left = buckets.filter((_, index) => index !== gone)
        timeline.rebucket(left)
        expect(timeline.count).toBe(left.length)
        for (const { bucket, columns } of library) expect(timeline.boxOf(columns.ids[0]!) !== null).toBe(left.includes(bucket))
        const height = timeline.height
        timeline.rebucket(left.map((bucket) => ({ ...bucket, count: bucket.count + 1 })))
        expect(timeline.shown(0, 1e9).every(({ layout, stale }) => layout !== null && stale)).toBe(true)
        expect(timeline.height).toBe(height)
      }),
    )
  })

  test('what is far away is let go of, its height kept', () => {
    const buckets = Array.from({ length: 30 }, (_, index) => ({ key: `${2020 - index}-01`, count: 40, from: `${2020 - index}-01-01T00:00:00`, to: `${2020 - index}-02-01T00:00:00` }))
    const timeline = new Timeline<Columns>(buckets, SHAPE)
    for (const { key } of buckets) timeline.fill(key, { ids: [`${key}!`], ratio: [1], sorted_at: [`${key}-05T00:00:00`] })
    const height = timeline.height
    timeline.forget(10, 12, 2)
    expect(timeline.height).toBe(height)
    expect(timeline.boxOf('2012-01!')).not.toBeNull()
    expect(timeline.boxOf('2020-01!')).toBeNull()
    expect(timeline.boxOf('1995-01!')).toBeNull()
  })
})
