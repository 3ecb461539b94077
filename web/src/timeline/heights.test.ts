import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Heights } from './heights'

const some = fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 200 })

test('sums and places are those of a plain list', () => {
  fc.assert(
    fc.property(some, fc.array(fc.tuple(fc.nat(), fc.nat(5000)), { maxLength: 50 }), fc.nat(1_000_000), (plain, changes, offset) => {
      const list = [...plain]
      const heights = new Heights(list)
      for (const [where, height] of changes) {
        if (list.length === 0) break
        const index = where % list.length
        expect(heights.set(index, height)).toBe(height - list[index]!)
        list[index] = height
      }
      let sum = 0
      list.forEach((height, index) => {
        expect(heights.before(index)).toBe(sum)
        sum += height
      })
      expect(heights.total).toBe(sum)
      const at = heights.at(offset)
      if (list.length === 0) expect(at).toBe(-1)
      else if (offset < sum) {
        expect(heights.before(at)).toBeLessThanOrEqual(offset)
        expect(heights.before(at) + heights.of(at)).toBeGreaterThan(offset)
      } else expect(at).toBe(list.length - 1)
    }),
  )
})
