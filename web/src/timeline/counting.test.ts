import fc from 'fast-check'
import { expect, test } from 'vitest'
import { counted } from './counting'
import type { Columns, DayShape } from './days'
import { compare, Selection, type Spot } from './selection'
import { type Bucket, Timeline } from './timeline'

const SHAPE: DayShape = { mode: 'days', width: 1000, row: 180, gap: 4, heading: 40, between: 16 }
const MONTHS = ['2020-04', '2020-03', '2020-02', '2020-01']
const next = (month: string) => `2020-0${Number(month.slice(6)) + 1}-01T00:00:00`

/** Some pictures share a moment, some moments are where a month begins. */
const LIBRARY: Spot[] = MONTHS.flatMap((month) =>
  [9, 9, 5, 5, 1, 1].map((day, index) => ({ time: `${month}-0${day}T00:00:00`, id: `${month}/${9 - index}` })),
)
const BUCKETS: Bucket[] = MONTHS.map((key) => ({ key, count: 6, from: `${key}-01T00:00:00`, to: next(key) }))
const columnsOf = (key: string): Columns => {
  const spots = LIBRARY.filter(({ time }) => time.startsWith(key)).sort((one, other) => compare(other, one))
  return { ids: spots.map(({ id }) => id), ratio: spots.map(() => 1.5), sorted_at: spots.map(({ time }) => time) }
}

const picture = fc.nat(LIBRARY.length - 1).map((index) => LIBRARY[index]!)
const acts = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('toggle' as const), one: picture }),
    fc.record({ kind: fc.constant('stretch' as const), one: picture, other: picture, on: fc.boolean() }),
    fc.record({ kind: fc.constant('month' as const), month: fc.constantFrom(...MONTHS), on: fc.boolean() }),
    fc.constant({ kind: 'all' as const }),
  ),
  { maxLength: 12 },
)

test('what is selected is counted, of buckets that are not known as well', () => {
  fc.assert(
    fc.property(acts, fc.subarray(MONTHS), (all, known) => {
      let selection = Selection.none
      for (const act of all) {
        if (act.kind === 'all') selection = Selection.all()
        else if (act.kind === 'toggle') selection = selection.toggled(act.one)
        else if (act.kind === 'stretch') selection = selection.stretched(act.one, act.other, act.on)
        else selection = selection.stretched({ time: `${act.month}-01T00:00:00`, id: '' }, { time: next(act.month), id: '' }, act.on)
      }
      const timeline = new Timeline<Columns>(BUCKETS, SHAPE)
      for (const key of known) timeline.fill(key, columnsOf(key))
      // Those at the edges of a stretch have to be known.
      for (const index of counted(selection, timeline).missing) timeline.fill(MONTHS[index]!, columnsOf(MONTHS[index]!))
      const { count, missing } = counted(selection, timeline)
      expect(missing).toEqual([])
      expect(count).toBe(LIBRARY.filter((spot) => selection.has(spot)).length)
    }),
    { numRuns: 300 },
  )
})
