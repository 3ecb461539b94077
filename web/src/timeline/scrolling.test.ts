import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Scrolling } from './scrolling'

const VIEW = 1000
const LIMIT = 100_000

describe('a library lower than what browsers can', () => {
  test('scrolls as any page', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: LIMIT }), fc.array(fc.nat(LIMIT)), (height, tops) => {
        const scrolling = new Scrolling(height, VIEW, LIMIT)
        for (const top of tops) {
          const possible = Math.min(top, Math.max(0, scrolling.boxHeight - VIEW))
          const place = scrolling.scrolled(possible)
          expect(place.offset).toBeCloseTo(possible, 6)
          expect(place.moved).toBe(false)
        }
      }),
    )
  })
})

describe('a library that is higher', () => {
  const height = 40_000_000

  test('every step of the wheel is as long in the library as on the screen', () => {
    fc.assert(
      fc.property(fc.nat(height), fc.array(fc.integer({ min: -900, max: 900 }), { maxLength: 400 }), (start, steps) => {
        const scrolling = new Scrolling(height, VIEW, LIMIT)
        scrolling.go(start)
        for (const step of steps) {
          const before = scrolling.offset
          const top = Math.min(Math.max(scrolling.top + step, 0), scrolling.boxHeight - VIEW)
          const reached = top - scrolling.top
          const place = scrolling.scrolled(top)
          expect(place.offset - before).toBeCloseTo(Math.min(Math.max(reached, -before), scrolling.end - before), 4)
        }
      }),
    )
  })

  test('small steps reach both ends from anywhere', () => {
    for (const [start, step, end] of [[30_000, -700, 0], [height - 40_000, 700, height - VIEW]] as const) {
      const scrolling = new Scrolling(height, VIEW, LIMIT)
      scrolling.go(start)
      for (let number = 0; number < 200 && scrolling.offset !== end; number++) {
        const top = Math.min(Math.max(scrolling.top + step, 0), scrolling.boxHeight - VIEW)
        expect(top).not.toBe(scrolling.top)
        scrolling.scrolled(top)
      }
      expect(scrolling.offset).toBe(end)
      expect(scrolling.top).toBe(end === 0 ? 0 : scrolling.boxHeight - VIEW)
    }
  })

  test('the thumb reaches every part, and the ends exactly', () => {
    const scrolling = new Scrolling(height, VIEW, LIMIT)
    scrolling.scrolled(scrolling.boxHeight - VIEW)
    expect(scrolling.offset).toBe(height - VIEW)
    scrolling.scrolled(0)
    expect(scrolling.offset).toBe(0)
    const middle = (scrolling.boxHeight - VIEW) / 2
    expect(scrolling.scrolled(middle).offset).toBeCloseTo((height - VIEW) / 2, 0)
  })

  test('at rest the thumb shows where in the library the view is', () => {
    fc.assert(
      fc.property(fc.nat(height), fc.array(fc.integer({ min: -2000, max: 2000 })), (start, steps) => {
        const scrolling = new Scrolling(height, VIEW, LIMIT)
        scrolling.go(start)
        for (const step of steps) scrolling.scrolled(Math.min(Math.max(scrolling.top + step, 0), scrolling.boxHeight - VIEW))
        const offset = scrolling.offset
        const place = scrolling.settled()
        expect(place.offset).toBe(offset)
        expect(Math.abs(place.top / (scrolling.boxHeight - VIEW) - offset / scrolling.end)).toBeLessThan(0.011)
      }),
    )
  })

  test('what is above may grow without moving what is seen', () => {
    const scrolling = new Scrolling(height, VIEW, LIMIT)
    scrolling.go(5_000_000)
    expect(scrolling.resized(height + 777, 777).offset).toBe(5_000_777)
    expect(scrolling.resized(2000).offset).toBe(1000)
  })
})
