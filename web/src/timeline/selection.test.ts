import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compare, Selection, type Spot } from './selection'

/** A library of few moments, so that many pictures share one. */
const dayOf = (day: number) => `2020-01-${String(day).padStart(2, '0')}T00:00:00`
const LIBRARY: Spot[] = Array.from({ length: 60 }, (_, index) => ({
  time: dayOf(1 + Math.floor(index / 4)),
  id: String(index).padStart(3, '0'),
})).sort(compare)
const sharing = (time: string) => LIBRARY.filter((spot) => spot.time === time)

const picture = fc.nat(LIBRARY.length - 1)
const act = fc.oneof(
  fc.record({ kind: fc.constant('toggle' as const), one: picture }),
  fc.record({ kind: fc.constant('stretch' as const), one: picture, other: picture, on: fc.boolean() }),
  fc.record({ kind: fc.constant('day' as const), day: fc.integer({ min: 1, max: 15 }), days: fc.integer({ min: 1, max: 5 }), on: fc.boolean() }),
  fc.record({ kind: fc.constant('each' as const), some: fc.array(picture, { maxLength: 8 }), on: fc.boolean() }),
  fc.record({ kind: fc.constant('all' as const) }),
  fc.record({ kind: fc.constant('none' as const) }),
  fc.record({ kind: fc.constant('invert' as const) }),
)

test('strokes select what a set of ids would, and the server is told the same', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      let selection = Selection.none
      let model = new Set<number>()
      for (const next of acts) {
        if (next.kind === 'all') {
          selection = Selection.all()
          model = new Set(LIBRARY.keys())
        } else if (next.kind === 'none') {
          selection = Selection.none
          model = new Set()
        } else if (next.kind === 'invert') {
          selection = selection.inverted()
          model = new Set([...LIBRARY.keys()].filter((index) => !model.has(index)))
        } else if (next.kind === 'each') {
          selection = selection.each(next.some.map((index) => LIBRARY[index]!), next.on)
          for (const index of next.some) {
            if (next.on) model.add(index)
            else model.delete(index)
          }
        } else if (next.kind === 'day') {
          const [from, to] = [dayOf(next.day), dayOf(next.day + next.days)]
          selection = selection.stretched({ time: from, id: '' }, { time: to, id: '' }, next.on)
          LIBRARY.forEach(({ time }, index) => {
            if (time < from || time >= to) return
            if (next.on) model.add(index)
            else model.delete(index)
          })
        } else if (next.kind === 'toggle') {
          selection = selection.toggled(LIBRARY[next.one]!)
          if (!model.delete(next.one)) model.add(next.one)
        } else {
          selection = selection.stretched(LIBRARY[next.one]!, LIBRARY[next.other]!, next.on)
          for (let index = Math.min(next.one, next.other); index <= Math.max(next.one, next.other); index++) {
            if (next.on) model.add(index)
            else model.delete(index)
          }
        }
      }
      const told = selection.told(sharing)!
      const include = new Set(told.include)
      const exclude = new Set(told.exclude)
      LIBRARY.forEach((spot, index) => {
        expect(selection.has(spot)).toBe(model.has(index))
        const found = told.between.some(
          ({ from, includesFrom, before }) =>
            (from === null || spot.time > from || (includesFrom && spot.time === from)) && (before === null || spot.time < before),
        )
        expect((found || include.has(spot.id)) && !exclude.has(spot.id)).toBe(model.has(index))
      })
      if (selection.isEmpty) expect(model.size).toBe(0)
      if (selection.isAll) expect(model.size).toBe(LIBRARY.length)
    }),
    { numRuns: 500 },
  )
})

test('single pictures are told by their ids', () => {
  const told = LIBRARY.slice(0, 20).reduce((selection, spot) => selection.with(spot), Selection.none).told(sharing)!
  expect(told).toEqual({ between: [], include: LIBRARY.slice(0, 20).map((spot) => spot.id), exclude: [] })
})

test('days that follow each other are one stretch, without a word of their pictures', () => {
  const days = [3, 4, 5].reduce((selection, day) => selection.stretched({ time: dayOf(day), id: '' }, { time: dayOf(day + 1), id: '' }), Selection.none)
  expect(days.told(() => [])).toEqual({ between: [{ from: dayOf(3), includesFrom: true, before: dayOf(6) }], include: [], exclude: [] })
})

test('pictures that are gone are no longer spoken of', () => {
  const [one, other] = [LIBRARY[3]!, LIBRARY[7]!]
  const selection = Selection.none.each([one, other], true).forgetting([one.id, 'nobody'])
  expect(selection.told(sharing)!.include).toEqual([other.id])
})
