import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Box, justified, lines, shownRatio, type Shape, squares } from './layout'

const shapes: fc.Arbitrary<Shape> = fc.record({
  width: fc.integer({ min: 240, max: 4000 }),
  row: fc.integer({ min: 60, max: 400 }),
  gap: fc.integer({ min: 0, max: 16 }),
})
const ratios = fc.array(fc.option(fc.double({ min: 0.01, max: 30, noNaN: true })), { maxLength: 300 })

test('rows are as wide as the block, keep the order, and never overlap', () => {
  fc.assert(
    fc.property(ratios, shapes, (given, shape) => {
      const { boxes, height } = justified(given, shape)
      expect(boxes.length).toBe(given.length)
      const rows = new Map<number, Box[]>()
      for (const box of boxes) rows.set(box.top, [...(rows.get(box.top) ?? []), box])
      let bottom = -shape.gap
      const tops = [...rows.keys()]
      expect(tops).toEqual([...tops].sort((one, other) => one - other))
      tops.forEach((top, number) => {
        const row = rows.get(top)!
        expect(top).toBeCloseTo(bottom + shape.gap, 3)
        bottom = top + row[0]!.height
        let right = -shape.gap
        for (const box of row) {
          expect(box.left).toBeCloseTo(right + shape.gap, 3)
          right = box.left + box.width
        }
        expect(right).toBeLessThanOrEqual(shape.width + 0.5)
        const isLast = number === tops.length - 1
        const single = row.length === 1
        if (!isLast && !single && row[0]!.height > 1) expect(right).toBeCloseTo(shape.width, 1)
        expect(row[0]!.height).toBeLessThanOrEqual(shape.row * 1.6 + 0.001)
      })
      expect(height).toBeCloseTo(Math.max(0, bottom), 3)
    }),
  )
})

test('pictures keep their shape within bounds', () => {
  fc.assert(
    fc.property(ratios, shapes, (given, shape) => {
      justified(given, shape).boxes.forEach((box, index) => {
        const ratio = shownRatio(given[index]!)
        if (box.width < shape.width) expect(box.width / box.height).toBeCloseTo(ratio, 3)
      })
    }),
  )
})

test('squares fill the width, lines are as wide, and both keep their number and order', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 }), shapes, (count, shape) => {
      for (const { boxes, height } of [squares(count, shape), lines(count, shape)]) {
        expect(boxes.length).toBe(count)
        boxes.slice(1).forEach((box, index) => {
          const before = boxes[index]!
          const isBeside = box.top === before.top
          if (isBeside) expect(box.left).toBeCloseTo(before.left + before.width + shape.gap, 3)
          else expect(box.left).toBe(0)
          if (!isBeside) expect(before.left + before.width).toBeCloseTo(shape.width, 3)
        })
        const last = boxes.at(-1)
        expect(height).toBeCloseTo(last ? last.top + last.height : 0, 3)
      }
    }),
  )
})
